import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# extra-gradient: extrapolate, recompute, undo, update
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
for it in range(30):
    x = torch.randn(16, 8)
    y = x.sum(1, True)
    old = [p.detach().clone() for p in m.parameters()]
    opt.zero_grad()
    F.mse_loss(m(x), y).backward()
    opt.step()
    opt.zero_grad()
    l = F.mse_loss(m(x), y)
    l.backward()
    with torch.no_grad():
        [p.copy_(o) for p, o in zip(m.parameters(), old)]
    opt.step()
print(l.item())
