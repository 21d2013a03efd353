"""Gradients with respect to an input that is cut from what made it."""

import torch
import torch.nn.functional as F


def attack(model, x, y, delta):
    model.eval()
    for _ in range(5):
        delta = delta.detach().requires_grad_()
        loss = F.cross_entropy(model(x + delta), y)
        loss.backward()
        delta = delta + 0.01 * delta.grad.sign()
    return delta


def dream(model, optimizer_class):
    image = torch.randn(1, 3, 8, 8, requires_grad=True)
    optimizer = optimizer_class([image])
    model.eval()
    for _ in range(5):
        optimizer.zero_grad()
        loss = -model(image).mean()
        loss.backward()
        optimizer.step()
