"""Dropout that eval() does not switch off, in a module, in a class with a base from elsewhere, and in a helper."""

import torch
import torch.nn.functional as F
from torch import nn
from torch_geometric.nn import MessagePassing

RATE = 0.3


class Net(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        x = F.dropout(x, self.p)  # LC205
        x = F.dropout(x, p=RATE)  # LC205
        x = F.dropout(x, training=self.training)
        x = nn.Dropout(0.5)(x)  # LC205
        drop = nn.Dropout2d(self.p)  # LC205
        x = drop(x)
        return self.head(x)

    def head(self, x):
        return self.fc(nn.functional.alpha_dropout(x))  # LC205


class Conv(MessagePassing):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)

    def forward(self, x):
        return F.dropout(self.lin(x), 0.2)  # LC205


def block(x, weight, training):
    return F.dropout(F.linear(x, weight), 0.1)  # LC205


def train(loader):
    model = Net(0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
