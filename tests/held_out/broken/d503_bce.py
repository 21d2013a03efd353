import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
crit = nn.BCELoss()
for i in range(60):
    x = torch.randn(8, 4)
    y = (x.sum(1, keepdim=True) > 0).float()
    opt.zero_grad()
    loss = crit(net(x), y)  # LC503
    loss.backward()
    opt.step()
