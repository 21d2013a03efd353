import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class FFL(nn.Linear):
    def __init__(s, i, o):
        super().__init__(i, o)
        s.opt = torch.optim.Adam(s.parameters(), 0.03)

    def forward(s, x):
        return torch.relu(F.linear(x / (x.norm(2, 1, keepdim=True) + 1e-4), s.weight, s.bias))

    def train_layer(s, p, n):
        for _ in range(5):
            gp, gn = s.forward(p).pow(2).mean(1), s.forward(n).pow(2).mean(1)
            l = torch.log(1 + torch.exp(torch.cat([-gp + 2, gn - 2]))).mean()
            s.opt.zero_grad()
            l.backward()
            s.opt.step()
        return s.forward(p).detach(), s.forward(n).detach()


net = [FFL(8, 32), FFL(32, 32)]
for it in range(6):
    p, n = torch.randn(16, 8) + 1, torch.randn(16, 8) - 1
    for l in net:
        p, n = l.train_layer(p, n)
print(p.mean().item())
