import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# D is trained only after a warmup of G (VQGAN disc_start); both schedulers move each step
G, D = nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
og, od = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
sg, sd = [torch.optim.lr_scheduler.StepLR(o, 10) for o in (og, od)]
for it in range(60):
    x = torch.randn(8, 4)
    r = G(x)
    l = F.mse_loss(r, x) + (0.1 * -D(r).mean() if it >= 30 else 0)
    og.zero_grad()
    l.backward()
    og.step()
    if it >= 30:
        ld = F.relu(1 - D(x)).mean() + F.relu(1 + D(r.detach())).mean()
        od.zero_grad()
        ld.backward()
        od.step()
    sg.step()
    sd.step()
print(l.item())
