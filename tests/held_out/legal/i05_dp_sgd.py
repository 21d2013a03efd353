import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# DP-SGD by per-sample backward loop with clipping of each
m = nn.Linear(8, 2)
opt = torch.optim.SGD(m.parameters(), 0.1)
for it in range(15):
    X = torch.randn(6, 8)
    Y = (X[:, 0] > 0).long()
    for p in m.parameters():
        p.accumulated = []
    for x, y in zip(X, Y):
        F.cross_entropy(m(x[None]), y[None]).backward()
        nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        for p in m.parameters():
            p.accumulated.append(p.grad.detach().clone())
        m.zero_grad()
    for p in m.parameters():
        p.grad = torch.stack(p.accumulated).mean(0) + 0.01 * torch.randn_like(p)
    opt.step()
    opt.zero_grad()
print(m.weight.sum().item())
