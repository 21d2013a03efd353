"""step, zero, forward, backward is one cycle of the usual order; the first step finds nothing and does nothing."""

import torch


def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.step()
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
