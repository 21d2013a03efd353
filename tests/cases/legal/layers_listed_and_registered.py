"""Plain lists of layers that are registered another way as well."""

import torch
import torch.nn.functional as F
from torch import nn


class ByAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)
        self.layers = [self.a, self.b]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class BySequential(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Linear(4, 4), nn.ReLU()]
        layers.append(nn.Linear(4, 4))
        self.layers = layers
        self.net = nn.Sequential(*layers)
        self.convs = [nn.Conv1d(4, 4, 1), nn.Conv1d(4, 4, 1)]
        self.convs = nn.ModuleList(self.convs)

    def forward(self, x):
        return self.net(self.layers[0](self.convs[0](x)))


class ByHand(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = []
        for i in range(3):
            layer = nn.Linear(4, 4)
            self.add_module(f"layer{i}", layer)
            self.layers.append(layer)

    def forward(self, x):
        return self.layers[0](x)


class BySetattr(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(3)]
        for i, layer in enumerate(self.layers):
            setattr(self, f"layer{i}", layer)

    def forward(self, x):
        return self.layers[0](x)


def train(loader):
    model = nn.Sequential(ByAttribute(), BySequential(), ByHand(), BySetattr())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()
