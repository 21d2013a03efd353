"""Layers and parameters where the module does not see them."""

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)

    def forward(self, x):
        return x + self.fc(x)


class Net(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        self.blocks = [Block(8) for _ in range(depth)]  # LC508
        self.norms = []  # LC508
        for _ in range(depth):
            self.norms.append(nn.BatchNorm1d(8))
        gates = []
        for _ in range(depth):
            gates.append(nn.Sequential(nn.Linear(8, 8), nn.Sigmoid()))
        self.gates = gates  # LC508
        self.heads = {"class": nn.Linear(8, 2), "box": nn.Linear(8, 4)}  # LC508
        self.drops = [nn.Dropout(0.1), nn.Dropout(0.2)]  # LC508
        self.scales = [nn.Parameter(torch.ones(8)) for _ in range(depth)]  # LC508
        query, key = nn.Linear(8, 8), nn.Linear(8, 8)
        first = nn.Embedding(10, 8)
        second = nn.Embedding(20, 8)
        self.tables = [first, second]  # LC508
        self.stem = nn.Linear(4, 8)

    def forward(self, x):
        x = self.stem(x) + self.tables[0](x.long()).sum(1)
        for block, norm, gate, scale in zip(self.blocks, self.norms, self.gates, self.scales):
            x = norm(block(x)) * gate(x) * scale
        return self.heads["class"](self.drops[0](x))


def train(loader):
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
