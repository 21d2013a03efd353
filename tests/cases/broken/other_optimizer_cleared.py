"""The optimizer that is cleared is not the one that steps: one mistake, told once."""

import torch


def train(encoder, head, loader, criterion):
    pretrained = torch.optim.SGD(encoder.parameters(), lr=0.1)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
    for x, y in loader:
        pretrained.zero_grad()
        loss = criterion(head(x), y)
        loss.backward()  # LC101
        optimizer.step()
