import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(m.parameters(), 0.05)


@torch.compile(backend="eager")
def fwd_bwd(x, y):
    l = F.cross_entropy(m(x), y)
    l.backward()
    return l.detach()


@torch.compile(backend="eager")
def stepper():
    opt.step()


for _ in range(25):
    x = torch.randn(16, 8)
    l = fwd_bwd(x, (x[:, 0] > 0).long())
    stepper()
    opt.zero_grad()
print(l.item())
