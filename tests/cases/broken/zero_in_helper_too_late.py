"""The helper that clears is called between backward and step."""

import torch


def reset(optimizer):
    optimizer.zero_grad()  # LC102


def main(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        reset(optimizer)
        optimizer.step()
