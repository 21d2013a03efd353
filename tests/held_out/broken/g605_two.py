import torch
from torch import nn

torch.manual_seed(0)
a, b = nn.Linear(4, 8), nn.Linear(8, 1)
oa, ob = torch.optim.Adam(a.parameters()), torch.optim.Adam(b.parameters())
scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
for i in range(60):
    x = torch.randn(8, 4)
    oa.zero_grad()
    ob.zero_grad()
    loss = (b(torch.relu(a(x))) - x[:, :1]).pow(2).mean()
    scaler.scale(loss).backward()
    scaler.unscale_(oa)
    nn.utils.clip_grad_norm_(a.parameters(), 1.0)
    nn.utils.clip_grad_norm_(b.parameters(), 1.0)  # LC605
    scaler.step(oa)
    scaler.step(ob)
    scaler.update()
