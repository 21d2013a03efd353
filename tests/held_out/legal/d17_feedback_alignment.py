import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class FA(torch.autograd.Function):
    @staticmethod
    def forward(c, x, w, b, B):
        c.save_for_backward(x, B)
        return F.linear(x, w, b)

    @staticmethod
    def backward(c, g):
        x, B = c.saved_tensors
        return g @ B, g.T @ x, g.sum(0), None


class L(nn.Linear):
    def __init__(s, i, o):
        super().__init__(i, o)
        s.register_buffer("B", torch.randn(o, i) * 0.1)

    def forward(s, x):
        return FA.apply(x, s.weight, s.bias, s.B)


m = nn.Sequential(L(8, 16), nn.ReLU(), L(16, 2))
opt = torch.optim.SGD(m.parameters(), 0.05)
for _ in range(30):
    x = torch.randn(16, 8)
    l = F.cross_entropy(m(x), (x[:, 0] > 0).long())
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
