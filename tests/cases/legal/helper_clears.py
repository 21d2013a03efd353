"""A helper of the same file clears."""

import torch


def reset_grad(*optimizers):
    for optimizer in optimizers:
        optimizer.zero_grad()


def main(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x in loader:
        reset_grad(optimizer)
        loss = model(x).mean()
        loss.backward()
        optimizer.step()
