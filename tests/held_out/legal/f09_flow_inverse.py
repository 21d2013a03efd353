import torch, torch.nn as nn, math

torch.manual_seed(0)


class Aff(nn.Module):
    def __init__(s):
        super().__init__()
        s.n = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(s, x):
        a, b = x.chunk(2, 1)
        t, l = s.n(a).chunk(2, 1)
        return torch.cat([b * l.exp() + t, a], 1), l.sum(1)

    def inverse(s, y):
        b, a = y.chunk(2, 1)
        t, l = s.n(a).chunk(2, 1)
        return torch.cat([a, (b - t) * (-l).exp()], 1)


class Flow(nn.Module):
    def __init__(s):
        super().__init__()
        s.l = nn.ModuleList(Aff() for _ in range(3))

    def log_prob(s, x):
        ld = 0
        for f in s.l:
            x, d = f.forward(x)
            ld = ld + d
        return -0.5 * (x**2).sum(1) - math.log(2 * math.pi) + ld

    def sample(s, n):
        x = torch.randn(n, 2)
        for f in reversed(s.l):
            x = f.inverse(x)
        return x


m = Flow()
opt = torch.optim.Adam(m.parameters(), 1e-3)
for i in range(25):
    l = -m.log_prob(torch.randn(32, 2) * 2).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
    if i % 10 == 9:
        with torch.no_grad():
            m.sample(4)
print(l.item())
