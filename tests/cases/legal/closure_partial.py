"""The closure is made by functools.partial: what it does is not followed, and nothing is concluded."""

from functools import partial

import torch


def evaluate_loss(model, x, y, optimizer):
    optimizer.zero_grad()
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    return loss


def fit(model, batches):
    optimizer = torch.optim.LBFGS(model.parameters())
    for x, y in batches:
        optimizer.step(partial(evaluate_loss, model, x, y, optimizer))
