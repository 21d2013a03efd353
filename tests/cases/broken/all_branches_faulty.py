"""Both branches clear too early, in two ways."""

import torch


def train(model, loader, criterion, flag):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        if flag:
            optimizer.zero_grad()  # LC102
        else:
            model.zero_grad()
        optimizer.step()
