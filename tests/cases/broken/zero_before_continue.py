"""Cleared only where the batch is left out: possible, since such a batch may come in between."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in loader:
        if batch is None:
            optimizer.zero_grad()
            continue
        loss = criterion(model(batch))
        loss.backward()  # LC101 (possible)
        optimizer.step()
