import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 10)
for i in range(240):
    x = torch.randn(8, 4)
    loss = (net(x) - x[:, :1]).pow(2).mean() / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        sched.step()  # LC601
        opt.step()
        opt.zero_grad()
