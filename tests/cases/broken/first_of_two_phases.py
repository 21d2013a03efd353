"""Two phases: only the first one forgets to clear."""

import torch


def main(model, loader, criterion):
    warmup_optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()  # LC101
        warmup_optimizer.step()

    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
