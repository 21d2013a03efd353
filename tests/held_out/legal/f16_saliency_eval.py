import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))
opt = torch.optim.Adam(m.parameters(), 1e-3)


def saliency(x):
    x = x.clone().requires_grad_()
    m(x).max(1).values.sum().backward()
    return x.grad.abs()


def integrated(x, n=6):
    tot = torch.zeros_like(x)
    for k in range(1, n + 1):
        z = (x * k / n).requires_grad_()
        o = m(z)[:, 0].sum()
        tot += torch.autograd.grad(o, z)[0]
    return x * tot / n


for ep in range(4):
    m.train()
    for i in range(10):
        x = torch.randn(8, 8)
        l = F.cross_entropy(m(x), (x[:, 0] > 0).long())
        opt.zero_grad()
        l.backward()
        opt.step()
    m.eval()
    s = [saliency(torch.randn(4, 8)) for _ in range(4)]
    g = integrated(x)
    m.zero_grad()
print(s[0].sum().item(), g.sum().item())
