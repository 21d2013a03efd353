import torch
from torch import nn

dev = torch.device("meta")
net = nn.Linear(4, 3).to(dev)
crit = nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(60):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    x = x.to(dev)
    loss = crit(net(x), y)  # LC301
    opt.zero_grad()
    loss.backward()
    opt.step()
