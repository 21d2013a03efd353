import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
reg = sum(p.pow(2).sum() for p in net.parameters()) * 1e-3
for i in range(60):
    x = torch.randn(8, 4)
    loss = (net(x) - x[:, :1]).pow(2).mean() + reg
    opt.zero_grad()
    loss.backward()  # LC107
    opt.step()
