import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)
# noisy mean teacher: teacher kept in train mode (dropout noise), no gradients, EMA by in-place; one optimizer by mistake-free filter
s = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))
t = copy.deepcopy(s)
opt = torch.optim.Adam(s.parameters(), 1e-3)
for p in t.parameters():
    p.detach_()
for it in range(25):
    x, u = torch.randn(8, 8), torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    with torch.no_grad():
        T = torch.stack([t(u + 0.1 * torch.randn_like(u)).softmax(1) for _ in range(4)]).mean(0)
    l = F.cross_entropy(s(x), y) + min(1, it / 10) * F.mse_loss(s(u).softmax(1), T)
    opt.zero_grad()
    l.backward()
    opt.step()
    for a, b in zip(t.parameters(), s.parameters()):
        a.data.mul_(0.99).add_(b.data, alpha=0.01)
print(l.item())
