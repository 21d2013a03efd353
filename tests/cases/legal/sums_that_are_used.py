"""Sums of losses whose graphs somebody may go back through: a caller, a helper, a backward() behind the loop."""

import torch
from helpers import propagate
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)

    def forward(self, x):
        return self.layer(x)


def loss_of(model, criterion, batch):
    total = 0
    for x, y in batch:
        total += criterion(model(x), y)
    return total / len(batch)


def main(batches):
    model, criterion = Model(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in batches:
        optimizer.zero_grad()
        loss = loss_of(model, criterion, batch)
        loss.backward()
        optimizer.step()


def several_ways(loader):
    model, criterion = nn.Linear(4, 2), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        handed_on, penalty, kept = 0, 0, 0
        for x, y in loader:
            handed_on += criterion(model(x), y)
            penalty += criterion(model(x), y)
            kept = kept + criterion(model(x), y)
        propagate(handed_on)
        objective = penalty * 0.1
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
        with torch.no_grad():
            checked = 0
            for x, y in loader:
                checked += criterion(model(x), y)
        print(checked.item())
        yield kept
