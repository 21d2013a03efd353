"""A scheduler whose name says optimizer: scheduler words win."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    lr_scheduler_optimizer = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=len(loader))
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        lr_scheduler_optimizer.step()
