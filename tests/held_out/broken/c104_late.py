import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(4):
    for i in range(20):
        x = torch.randn(8, 4)
        loss = (net(x) - x[:, :1]).pow(2).mean()
        opt.zero_grad()
        if epoch < 2:
            loss.backward()
        opt.step()  # LC104
