"""A hook clears the gradients before each forward."""

import torch


def train(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    model.register_forward_pre_hook(lambda module, inputs: module.zero_grad())
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()
