import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class FQ(nn.Module):
    def __init__(s):
        super().__init__()
        s.s = nn.Parameter(torch.tensor(0.1))

    def forward(s, w):
        q = torch.clamp(w / s.s, -7, 7)
        return ((q.round() - q).detach() + q) * s.s


class QL(nn.Linear):
    def __init__(s, i, o):
        super().__init__(i, o)
        s.fq, s.on = FQ(), False

    def forward(s, x):
        return F.linear(x, s.fq(s.weight) if s.on else s.weight, s.bias)


m = nn.Sequential(QL(8, 16), nn.BatchNorm1d(16), nn.ReLU(), QL(16, 2))
opt = torch.optim.Adam(m.parameters(), 5e-3)
for e in range(6):
    m.train()
    if e == 3:
        for k in m:
            if isinstance(k, QL):
                k.on = True
                k.fq.s.data = k.weight.abs().max() / 7
    if e == 5:
        m[1].eval()
    for _ in range(10):
        x = torch.randn(16, 8)
        l = F.cross_entropy(m(x), (x[:, 0] > 0).long())
        opt.zero_grad()
        l.backward()
        opt.step()
print(l.item())
