"""A loss computed for the log, under no_grad, is nothing that a step could be waiting for."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            new_loss = criterion(model(x), y)
        print(loss.item() - new_loss.item())
        optimizer.step()  # LC110
