"""zero_grad() at the head of each micro-batch: of four only the last counts."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()  # LC102
        loss = criterion(model(x), y) / 4
        loss.backward()
        if (i + 1) % 4 == 0:
            optimizer.step()


def received(model, loader, criterion, optimizer, every):
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()  # LC102
        loss = criterion(model(x), y) / every
        loss.backward()
        if (i + 1) % every == 0 or i + 1 == len(loader):
            optimizer.step()
