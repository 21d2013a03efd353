"""A list of optimizers: all step, none is cleared."""

import torch


def train(models, loader, criterion):
    optimizers = [torch.optim.SGD(models[0].parameters(), lr=0.1), torch.optim.Adam(models[1].parameters())]
    for x, y in loader:
        loss = sum(criterion(m(x), y) for m in models)
        loss.backward()  # LC101
        for optimizer in optimizers:
            optimizer.step()
