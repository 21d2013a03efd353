import torch
from torch import nn


class T:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.01)

    def loss(self, x, y):
        p = self.net(x)
        return (torch.log(y) - p).abs().mean()

    def update(self, loss):
        self.opt.zero_grad()
        loss.backward()  # LC801
        self.opt.step()

    def fit(self):
        for i in range(120):
            x = torch.randn(8, 4)
            y = x[:, :1].abs() + 0.1
            if i == 90:
                y = -y
            self.update(self.loss(x, y))


torch.manual_seed(0)
T().fit()
