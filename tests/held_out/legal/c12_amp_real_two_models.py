import torch, torch.nn as nn

torch.manual_seed(0)
# GAN with one enabled scaler per optimizer
G, D = nn.Linear(4, 2), nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
og, od = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
sg, sd = torch.amp.GradScaler("cpu", init_scale=128.0), torch.amp.GradScaler("cpu", init_scale=128.0)
bce = nn.BCEWithLogitsLoss()
for i in range(25):
    with torch.autocast("cpu", torch.bfloat16):
        f = G(torch.randn(8, 4))
        r = D(torch.randn(8, 2))
        ff = D(f.detach())
        ld = bce(r, torch.ones_like(r)) + bce(ff, torch.zeros_like(ff))
    od.zero_grad()
    sd.scale(ld).backward()
    sd.unscale_(od)
    nn.utils.clip_grad_norm_(D.parameters(), 1.0)
    sd.step(od)
    sd.update()
    with torch.autocast("cpu", torch.bfloat16):
        ff = D(f)
        lg = bce(ff, torch.ones_like(ff))
    og.zero_grad()
    sg.scale(lg).backward()
    sg.step(og)
    sg.update()
print(lg.item())
