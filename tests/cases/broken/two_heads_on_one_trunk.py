"""A module that returns two results of one trunk: the second backward goes through the trunk again."""

import torch
from torch import nn


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 1), nn.Linear(4, 1)

    def forward(self, x):
        h = self.trunk(x).relu()
        return self.a(h), self.b(h)


def train(loader):
    net = Shared()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        p, q = net(x)
        (p - y).pow(2).mean().backward()
        (q - y).pow(2).mean().backward()  # LC106
        optimizer.step()
