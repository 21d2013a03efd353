"""Dropout that is always on because somebody says so, or whose rate comes from the mode or from the caller."""

import torch
import torch.nn.functional as F
from torch import nn


class Prenet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        x = F.dropout(x, 0.5, True)
        x = F.dropout(x, p=0.5, training=True)
        x = F.dropout(x, 0.5, self.training)
        x = F.dropout(x, 0.0)
        return F.dropout(self.fc(x), **{"p": 0.5, "training": self.training})


class MonteCarlo(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x, mc_dropout=False):
        if mc_dropout:
            x = F.dropout(x, 0.5)
        return self.fc(x)


class RateOfTheMode(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = 0.5
        self.fc = nn.Linear(4, 4)

    def forward(self, x, dropout):
        x = F.dropout(x, dropout)
        rate = self.p if self.training else 0.0
        return F.dropout(self.fc(x), rate)


class Guarded(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        if not self.training:
            return self.fc(x)
        return self.fc(nn.Dropout(0.5)(x))


def train(loader):
    model = nn.Sequential(Prenet(), MonteCarlo(), Guarded())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()
