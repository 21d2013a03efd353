"""timm: the scheduler is told the epoch, and sets that epoch's learning rate before it starts."""

import torch
from timm.scheduler import CosineLRScheduler


def train(model, loader, criterion, epochs):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = CosineLRScheduler(optimizer, t_initial=epochs)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    best = 1.0
    for epoch in range(epochs):
        scheduler.step(epoch)
        plateau.step(best)
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
