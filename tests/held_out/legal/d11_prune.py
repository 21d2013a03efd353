import torch, torch.nn as nn, torch.nn.functional as F, torch.nn.utils.prune as prune

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.SGD(m.parameters(), 0.05, momentum=0.9)
for r in range(4):
    for _ in range(12):
        x = torch.randn(16, 8)
        l = F.cross_entropy(m(x), (x[:, 0] > 0).long())
        opt.zero_grad()
        l.backward()
        opt.step()
    for k in (m[0], m[2]):
        prune.l1_unstructured(k, "weight", 0.3)
for k in (m[0], m[2]):
    prune.remove(k, "weight")
print(l.item(), (m[0].weight == 0).float().mean().item())
