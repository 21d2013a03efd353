"""A partial of a function of this file runs the backward."""

from functools import partial

import torch

opt = torch.optim.Adam(model.parameters())


def bwd(scale, loss):
    (loss * scale).backward()


back = partial(bwd, 0.5)
for x, y in dl:
    opt.zero_grad()
    loss = crit(model(x), y)
    back(loss)
    opt.step()
