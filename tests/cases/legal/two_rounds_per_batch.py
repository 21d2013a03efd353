"""Each batch is used twice, with a fresh loss each time."""

import torch


def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()

        optimizer.zero_grad()
        loss = loss_fn(model(x.flip(-1)), y)
        loss.backward()
        optimizer.step()
