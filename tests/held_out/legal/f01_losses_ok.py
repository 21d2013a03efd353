import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# pairwise objectives with N x N on purpose
m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(m.parameters(), 1e-3)


def ranknet(s, t):
    s = s.reshape(-1)
    i, j = torch.meshgrid(torch.arange(len(s)), torch.arange(len(s)), indexing="ij")
    d = s[i] - s[j]
    return (F.softplus(-d) * (t[i] > t[j])).mean()


def mmd(a, b):
    a, b = a.view(-1, 1), b.view(-1, 1)
    k = lambda x, y: (-((x - y.t()) ** 2)).exp().mean()
    return k(a, a) + k(b, b) - 2 * k(a, b)


def pairdiff(s, t):
    ds = s.view(-1, 1) - s.view(1, -1)
    dt = t.view(-1, 1) - t.view(1, -1)
    return (ds - dt).abs().mean()


def concord(s, t):
    return torch.sigmoid(-(s.unsqueeze(1) - s.unsqueeze(0)) * torch.sign(t.unsqueeze(1) - t.unsqueeze(0))).mean()


def npair(p, t):
    return ((p[..., None] - t[..., None, :]) ** 2).mean()


for i in range(40):
    x = torch.randn(16, 8)
    t = x.sum(1)
    p = m(x).squeeze(1)
    l = [ranknet, mmd, pairdiff, concord, npair][i % 5](p, t)
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
