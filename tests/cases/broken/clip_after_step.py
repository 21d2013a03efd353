"""Clipped after the step, by torch and by hand."""

import torch


def train(model, loader, criterion, clip):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        if clip:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)  # LC603


def by_hand(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        for p in model.parameters():
            p.grad.data.clamp_(-1, 1)  # LC603
