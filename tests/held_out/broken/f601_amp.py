import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, 0.99)
scaler = torch.amp.GradScaler("cpu", init_scale=16.0)
for i in range(60):
    x = torch.randn(8, 4)
    opt.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = nn.functional.mse_loss(net(x), x[:, :1])
    scaler.scale(loss).backward()
    sched.step()  # LC601
    scaler.step(opt)
    scaler.update()
