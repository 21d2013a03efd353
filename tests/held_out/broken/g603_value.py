import torch
from torch import nn
from torch.nn.utils import clip_grad_value_

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 60)
for i in range(240):
    x = torch.randn(8, 4)
    loss = nn.functional.mse_loss(net(x), x[:, :1]) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        opt.step()
        clip_grad_value_(net.parameters(), 0.5)  # LC603
        opt.zero_grad()
        sched.step()
