import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


# a MultiOptimizer steps both although one phase trains only one net (the other's grads are cleared)
class Multi:
    def __init__(s, *o):
        s.o = o

    def zero_grad(s):
        [o.zero_grad() for o in s.o]

    def step(s):
        [o.step() for o in s.o]


enc, dec = nn.Linear(8, 4), nn.Linear(4, 8)
opt = Multi(torch.optim.Adam(enc.parameters(), 1e-3), torch.optim.Adam(dec.parameters(), 1e-3))
for it in range(40):
    x = torch.randn(8, 8)
    opt.zero_grad()
    if it % 4 == 3:
        with torch.no_grad():
            z = enc(x)
    else:
        z = enc(x)
    l = F.mse_loss(dec(z), x)
    l.backward()
    opt.step()
print(l.item())
