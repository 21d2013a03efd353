"""Steps in a comprehension, and no clear anywhere."""

import torch


def train(models, loader, criterion):
    opts = [torch.optim.Adam(m.parameters()) for m in models]
    for x, y in loader:
        loss = sum(criterion(m(x), y) for m in models)
        loss.backward()  # LC101
        [o.step() for o in opts]
