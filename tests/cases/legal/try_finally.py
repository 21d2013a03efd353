"""The clear stands in finally."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        try:
            criterion(model(x), y).backward()
            optimizer.step()
        finally:
            optimizer.zero_grad()
