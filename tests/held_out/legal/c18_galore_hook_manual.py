import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# LOMO: fused update inside gradient hooks, no optimizer object; AdamW only for the norm layers
m = nn.Sequential(nn.Linear(8, 32), nn.LayerNorm(32), nn.GELU(), nn.Linear(32, 1))
small = torch.optim.AdamW(m[1].parameters(), 1e-3)


def lomo(p):
    with torch.no_grad():
        p.add_(p.grad, alpha=-1e-2)
        p.grad = None


for mod in (m[0], m[3]):
    for p in mod.parameters():
        p.register_post_accumulate_grad_hook(lomo)
for i in range(25):
    x = torch.randn(16, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    small.zero_grad()
    l.backward()
    small.step()
print(l.item())
