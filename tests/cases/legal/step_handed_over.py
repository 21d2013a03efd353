"""A function that steps is given to something that calls it later."""

import torch


def train(model, loader, criterion, after_all_reduce):
    optimizer = torch.optim.Adam(model.parameters())

    def apply():
        optimizer.step()

    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        after_all_reduce.call(apply)
