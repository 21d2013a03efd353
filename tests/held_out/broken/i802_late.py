import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for i in range(120):
    x = torch.randn(16, 4)
    p = net(x)
    loss = p.pow(2).mean()
    if i == 77:
        loss = loss + (p * 0).sqrt().sum()
    opt.zero_grad()
    loss.backward()
    opt.step()  # LC802
