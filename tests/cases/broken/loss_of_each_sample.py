"""reduction='none', and nobody reduces."""

from torch import nn


def train(model, loader, optimizer):
    criterion = nn.CrossEntropyLoss(reduction="none")
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()  # LC112
        optimizer.step()
