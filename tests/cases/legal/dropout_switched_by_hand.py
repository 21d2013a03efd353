"""A class with a train() of its own, one whose rate is set from outside, and a layer that is built and switched."""

import torch
import torch.nn.functional as F
from torch import nn


class OwnMode(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = 0.5
        self.fc = nn.Linear(4, 4)

    def train(self, mode=True):
        self.p = 0.5 if mode else 0.0
        return super().train(mode)

    def forward(self, x):
        return F.dropout(self.fc(x), self.p)


class SetFromOutside(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop_rate = 0.5
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return F.dropout(self.fc(x), self.drop_rate)


class Built(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        drop = nn.Dropout(0.5)
        drop.train(self.training)
        return drop(self.fc(x))


def train(loader):
    model = SetFromOutside()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()
    model.drop_rate = 0.0
