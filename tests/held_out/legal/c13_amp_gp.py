import torch, torch.nn as nn

torch.manual_seed(0)
# gradient penalty with scaler, from the torch AMP notes
m = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
opt = torch.optim.SGD(m.parameters(), 0.01)
sc = torch.amp.GradScaler("cpu")
for i in range(20):
    x, y = torch.randn(8, 8), torch.randn(8, 1)
    opt.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        o = m(x)
        l = ((o - y) ** 2).mean()
    sgp = torch.autograd.grad(sc.scale(l), m.parameters(), create_graph=True)
    inv = 1.0 / sc.get_scale()
    gp = [p * inv for p in sgp]
    with torch.autocast("cpu", torch.bfloat16):
        n = sum(g.pow(2).sum() for g in gp).sqrt()
        l = l + n
    sc.scale(l).backward()
    sc.step(opt)
    sc.update()
print(l.item())
