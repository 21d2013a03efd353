"""A hook clears the gradients before each forward."""

import torch


def train(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    model.register_forward_pre_hook(lambda module, inputs: module.zero_grad())
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()


def gradients_kept_by_hooks(model, loader, criterion, kept):
    optimizer = torch.optim.Adam(model.parameters())
    for p in model.parameters():
        p.register_hook(kept.append)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
    optimizer.step()
