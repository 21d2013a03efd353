"""Sharpness-aware minimization: two forward-backward passes per batch, steps of another name."""

from sam import SAM
from torch import optim


def train(model, loader, criterion):
    optimizer = SAM(model.parameters(), optim.SGD, lr=0.1, momentum=0.9)
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.first_step(zero_grad=True)
        criterion(model(x), y).backward()
        optimizer.second_step(zero_grad=True)
