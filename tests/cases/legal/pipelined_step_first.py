"""The step of the last batch comes first, then the next forward."""

import torch


def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    started = False
    for x, y in loader:
        if started:
            optimizer.step()
            optimizer.zero_grad()
        started = True
        loss_fn(model(x), y).backward()
    optimizer.step()
