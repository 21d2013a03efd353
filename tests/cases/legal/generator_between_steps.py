"""A generator runs the backward between the steps."""

import torch

opt = torch.optim.Adam(model.parameters())


def losses(dl):
    for x, y in dl:
        opt.zero_grad()
        loss = crit(model(x), y)
        loss.backward()
        yield loss


for loss in losses(dl):
    opt.step()
    print(loss.item())
