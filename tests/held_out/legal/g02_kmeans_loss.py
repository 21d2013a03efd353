import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# soft assignment of N scalar embeddings to N anchors (1-d), pairwise distances
m = nn.Linear(8, 1)
anchors = torch.linspace(-2, 2, 16)
opt = torch.optim.SGD(m.parameters(), 0.01)
for i in range(30):
    p = m(torch.randn(16, 8))
    d = (p - anchors) ** 2
    l = -torch.logsumexp(-d, 1).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
for i in range(30):
    p = m(torch.randn(16, 8))
    l = (p - anchors).abs().min(1).values.mean() + 0.01 * (p - anchors).pow(2).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
