import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.SGD(m.parameters(), 0.05)
sc = torch.amp.GradScaler("cpu", init_scale=64.0, growth_interval=5)
for i in range(25):
    x = torch.randn(16, 8)
    y = x.sum(1, keepdim=True)
    for micro in range(2):
        with torch.autocast("cpu", torch.bfloat16):
            l = F.mse_loss(m(x), y.bfloat16())
        sc.scale(l / 2).backward()
    sc.unscale_(opt)
    n = nn.utils.clip_grad_norm_(m.parameters(), 5.0)
    if torch.isfinite(n):
        sc.step(opt)
    sc.update()
    opt.zero_grad()
print(l.item())
