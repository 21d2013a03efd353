import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# QR-DQN on one transition at a time: N quantiles against N target quantiles
N = 16
z = nn.Linear(4, N)
zt = nn.Linear(4, N).requires_grad_(False)
tau = (torch.arange(N) + 0.5) / N
opt = torch.optim.Adam(z.parameters(), 1e-3)
for i in range(30):
    s, n, r = torch.randn(4), torch.randn(4), torch.randn(())
    th = z(s)
    tt = r + 0.9 * zt(n)
    a, b = torch.broadcast_tensors(th.unsqueeze(1), tt.unsqueeze(0))
    h = F.smooth_l1_loss(a, b, reduction="none")
    w = (tau.unsqueeze(1) - ((b - a) < 0).float()).abs()
    l = (w * h).sum(0).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
for i in range(20):
    x = torch.randn(1, 4)
    q = z(x)[0]
    y = torch.randn(N)
    u = y[None] - q[:, None]
    l = torch.where(u > 0, tau[:, None] * u, (tau[:, None] - 1) * u).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
