"""Clears and steps in list comprehensions."""

import torch


def train(models, loader, criterion):
    opts = [torch.optim.Adam(m.parameters()) for m in models]
    for x, y in loader:
        [o.zero_grad() for o in opts]
        loss = sum(criterion(m(x), y) for m in models)
        loss.backward()
        [o.step() for o in opts]
