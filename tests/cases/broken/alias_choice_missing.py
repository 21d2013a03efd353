"""One of two optimizers under a name that says nothing."""

import torch


def train(model, loader, criterion, epochs):
    warm = torch.optim.Adam(model.parameters(), lr=1e-3)
    main = torch.optim.SGD(model.parameters(), lr=1e-1)
    for epoch in range(epochs):
        chosen = warm if epoch < 5 else main
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()  # LC101
            chosen.step()
