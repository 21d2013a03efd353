import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
for i in range(240):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = nn.functional.cross_entropy(net(x), y) / 4
    scaler.scale(loss).backward()
    if i % 4 == 3:
        torch.nn.utils.clip_grad_value_(net.parameters(), 0.1)  # LC605
        scaler.step(opt)
        scaler.update()
        opt.zero_grad()
