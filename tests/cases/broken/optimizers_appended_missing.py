"""A list that grows by append(), under names that say nothing."""

import torch


def train(blocks, loader):
    updaters = []
    for block in blocks:
        updaters.append(torch.optim.Adam(block.parameters()))
    for x in loader:
        loss = sum(block(x).mean() for block in blocks)
        loss.backward()  # LC101
        for updater in updaters:
            updater.step()
