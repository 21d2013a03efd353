"""Built here, used elsewhere: an optimizer that is returned may be stepped by the caller."""

import torch


def build(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.zero_grad()
    for x, y in loader:
        loss_fn(model(x), y).backward()
    return optimizer
