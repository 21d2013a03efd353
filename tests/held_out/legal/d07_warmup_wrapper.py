import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Warm:
    """plain class around a scheduler; the schedule starts after the warmup"""

    def __init__(s, opt, after, steps, lr):
        s.opt, s.after, s.steps, s.lr, s.n = opt, after, steps, lr, 0

    def step(s):
        s.n += 1
        if s.n <= s.steps:
            for g in s.opt.param_groups:
                g["lr"] = s.lr * s.n / s.steps
        else:
            s.after.step()


m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 1e-2)
w = Warm(opt, torch.optim.lr_scheduler.CosineAnnealingLR(opt, 100), 50, 1e-2)
bad = 0
best = 1e9
for it in range(200):
    x = torch.randn(64, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    opt.step()
    w.step()
    if l.item() < best:
        best = l.item()
        bad = 0
    else:
        bad += 1
    if bad > 3:
        break
print(it)
