import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
for i in range(60):
    x = torch.randn(8, 4)
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), x[:, :1])
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.unscale_(opt) if False else None
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)  # LC603
    scaler.update()
