"""The epoch is trained by an imported function, then some more steps are taken here."""

import torch
from engine import train_one_epoch


def train(model, loader, criterion, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
    for epoch in range(epochs):
        train_one_epoch(model, optimizer, loader)
        scheduler.step()
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
