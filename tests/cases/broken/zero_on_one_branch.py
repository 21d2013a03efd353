"""Cleared on one branch only: possible, so not shown by default."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for i, (x, y) in enumerate(loader):
        if i % 2 == 0:
            optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()  # LC101 (possible)
        optimizer.step()
