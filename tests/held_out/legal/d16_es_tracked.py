import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# SPSA / MeZO: zeroth order fine-tuning: optimizer.step with projected gradient, no backward anywhere
m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))
opt = torch.optim.SGD(m.parameters(), 1e-2)
m.train()


def perturb(seed, s):
    g = torch.Generator().manual_seed(seed)
    for p in m.parameters():
        p.data.add_(torch.randn(p.shape, generator=g), alpha=s * 1e-3)


def loss(x, y):
    m.eval()
    with torch.inference_mode():
        return F.cross_entropy(m(x), y).item()


for it in range(20):
    x = torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    perturb(it, 1)
    a = loss(x, y)
    perturb(it, -2)
    b = loss(x, y)
    perturb(it, 1)
    g = torch.Generator().manual_seed(it)
    for p in m.parameters():
        p.grad = (a - b) / 2e-3 * torch.randn(p.shape, generator=g)
    opt.step()
    opt.zero_grad()
print(a)
