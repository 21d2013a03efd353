"""forward is called instead of the module: on a model, on a layer, on a parameter that each caller gives a model."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import spectral_norm


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = spectral_norm(nn.Linear(4, 8))
        self.blocks = nn.ModuleList([nn.Linear(8, 8) for _ in range(2)])
        self.head = None
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        x = self.stem.forward(x)  # LC111
        for i in range(2):
            x = self.blocks[i].forward(x)  # LC111
        return self.head(x)


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model.forward(x), y)  # LC111
        loss.backward()
        self.optimizer.step()


def attack(network, x, y):
    delta = torch.zeros_like(x, requires_grad=True)
    loss = F.cross_entropy(network.forward(x + delta), y)  # LC111
    loss.backward()
    return delta.grad


def train(net, loader):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in loader:
        x = x + attack(net, x, y)
        optimizer.zero_grad()
        F.cross_entropy(net.forward(x), y).backward()  # LC111
        optimizer.step()


train(Net().cuda(), [])
