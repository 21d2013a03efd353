"""PGD: the gradient of the input, no optimizer at all, inside a training loop that has one."""

import torch


def attack(model, loss_fn, x, y, steps=7, alpha=0.01):
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(steps):
        adv_loss = loss_fn(model(x + delta), y)
        adv_loss.backward()
        delta.data = (delta + alpha * delta.grad.sign()).clamp(-0.03, 0.03)
        delta.grad.zero_()
    return delta.detach()


def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        delta = attack(model, loss_fn, x, y)
        optimizer.zero_grad()
        loss = loss_fn(model(x + delta), y)
        loss.backward()
        optimizer.step()
