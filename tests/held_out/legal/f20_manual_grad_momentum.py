import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# keeps a decayed gradient instead of zeroing (leaky accumulation, on purpose)
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
for i in range(40):
    x = torch.randn(8, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    l.backward()
    opt.step()
    for p in m.parameters():
        p.grad.mul_(0.5)
print(l.item())
