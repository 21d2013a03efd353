"""step, zero_grad, and a step that finds nothing."""

import torch


def main(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        optimizer.step()  # LC109
