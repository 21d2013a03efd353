import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Logger:
    def __init__(s):
        s.buf = {}

    def add(s, k, v):
        s.buf.setdefault(k, []).append(v)

    def flush(s):
        out = {k: round(torch.stack(v).mean().item(), 4) for k, v in s.buf.items()}
        s.buf = {}
        return out


m = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.Adam(m.parameters(), 0.01)
log = Logger()
for it in range(100):
    x = torch.randn(8, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    opt.step()
    log.add("loss", l.detach())
    log.add("norm", m[0].weight.norm())
    if (it + 1) % 25 == 0:
        print(log.flush())
