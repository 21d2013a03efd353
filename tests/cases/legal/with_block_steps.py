"""A context manager clears before the block and steps after it."""

from contextlib import contextmanager

import torch

opt = torch.optim.Adam(model.parameters())


@contextmanager
def step_ctx():
    opt.zero_grad()
    yield
    opt.step()


for x, y in dl:
    with step_ctx():
        loss = crit(model(x), y)
        loss.backward()
