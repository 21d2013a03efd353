import torch
from torch import nn


class T:
    def __init__(self, lr):
        self.net = nn.Linear(4, 1).double()
        self.opt = torch.optim.SGD(self.net.parameters(), lr=lr, momentum=0.9)

    def step(self, x):
        loss = (self.net(x) - x[:, :1]).pow(2).mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()  # LC805


torch.manual_seed(0)
t = T(0)
for i in range(60):
    t.step(torch.randn(8, 4).double())
