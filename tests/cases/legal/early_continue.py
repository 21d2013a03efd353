"""A batch whose loss is not finite is left out."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        if not torch.isfinite(loss):
            print("skipping batch", i)
            continue
        loss.backward()
        optimizer.step()
