"""Losses are collected in a list and a dict, and the sum is propagated."""

import torch


def train(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.005)
    for images, targets in loader:
        loss_dict = model(images, targets)
        losses = sum(loss for loss in loss_dict.values())
        losses_reduced = sum(v.item() for v in loss_dict.values())
        optimizer.zero_grad()
        losses.backward()
        optimizer.step()
        print(losses_reduced)
