"""One of two functions runs the backward."""

import torch

opt = torch.optim.Adam(model.parameters())


def fp32(loss):
    loss.backward()


def amp(loss):
    scaler.scale(loss).backward()


back = amp if args.amp else fp32
for x, y in dl:
    opt.zero_grad()
    loss = crit(model(x), y)
    back(loss)
    opt.step()
