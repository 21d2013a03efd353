"""A list of optimizers that grows by append()."""

import torch


def train(blocks, loader):
    optimizers = []
    for block in blocks:
        optimizers.append(torch.optim.Adam(block.parameters()))
    for x in loader:
        for optimizer in optimizers:
            optimizer.zero_grad()
        h = x
        for block in blocks:
            h = block(h)
        loss = h.pow(2).mean()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
