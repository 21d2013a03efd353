import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# scaler used for the main net only; the auxiliary loss net steps without scaling in the same loop
m, a = nn.Linear(8, 2), nn.Linear(2, 1)
om, oa = torch.optim.SGD(m.parameters(), 0.05), torch.optim.SGD(a.parameters(), 0.05)
sc = torch.amp.GradScaler("cpu", init_scale=32.0)
for it in range(30):
    x = torch.randn(8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        o = m(x)
        l = F.cross_entropy(o.float(), (x[:, 0] > 0).long())
    om.zero_grad()
    sc.scale(l).backward()
    sc.unscale_(om)
    nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    sc.step(om)
    sc.update()
    la = F.mse_loss(a(o.detach().float()), x[:, :1])
    oa.zero_grad()
    la.backward()
    nn.utils.clip_grad_norm_(a.parameters(), 1.0)
    oa.step()
print(l.item(), la.item())
