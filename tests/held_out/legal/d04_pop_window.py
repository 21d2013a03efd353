import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Meter:
    def __init__(s, n=20):
        s.n, s.v = n, []

    def update(s, x):
        s.v.append(x)
        if len(s.v) > s.n:
            s.v.pop(0)

    @property
    def avg(s):
        return torch.stack([a.detach() for a in s.v]).mean().item()


m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
meter = Meter()
for it in range(100):
    x = torch.randn(8, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    opt.step()
    meter.update(l)
    if it % 25 == 24:
        print(round(meter.avg, 4))
