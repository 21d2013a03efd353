"""Gradients are kept over the steps on purpose, at a smaller weight: a momentum by hand."""

import torch


def train(model, loader, criterion):
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        for p in model.parameters():
            if p.grad is not None:
                p.grad.mul_(0.9)
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()


def shorter(model, loader, criterion):
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()
        for p in model.parameters():
            p.grad *= 0.9
