"""The step is called in the loop and again by a helper."""

import torch


def log_and_step(optimizer, loss):
    print(loss.item())
    optimizer.step()  # LC110


def main(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        log_and_step(optimizer, loss)
