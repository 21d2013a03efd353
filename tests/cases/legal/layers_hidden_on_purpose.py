"""A frozen teacher hidden from the module, layers whose owner takes care of them, and layers nobody uses."""

import torch
import torch.nn.functional as F
from torch import nn


class Student(nn.Module):
    def __init__(self, teacher):
        super().__init__()
        self.teacher = [teacher]
        self.template = (nn.Linear(4, 4),)
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        with torch.no_grad():
            target = self.teacher[0](self.template[0](x))
        return F.mse_loss(self.fc(x), target)


class OwnParameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4), nn.Linear(4, 4)]

    def parameters(self, recurse=True):
        for layer in self.layers:
            yield from layer.parameters()

    def forward(self, x):
        return self.layers[1](self.layers[0](x))


class MovedByHand(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.experts = [nn.Linear(4, 4), nn.Linear(4, 4)]
        for expert in self.experts:
            expert.to(device)

    def forward(self, x):
        return self.experts[0](x)


class NoModule:
    def __init__(self):
        self.nets = [nn.Linear(4, 4), nn.Linear(4, 4)]

    def run(self, x):
        return self.nets[0](x)


def train(loader, teacher):
    model, seen = Student(teacher), OwnParameters()
    optimizer = torch.optim.SGD([*model.parameters(), *seen.parameters()], lr=0.1)
    for x in loader:
        optimizer.zero_grad()
        model(seen(x)).backward()
        optimizer.step()
