"""Fabric clips by itself, between its backward and the step."""

import torch
from lightning.fabric import Fabric


def main(model, loader, criterion):
    fabric = Fabric(precision="16-mixed")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model, optimizer = fabric.setup(model, optimizer)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        fabric.backward(loss)
        fabric.clip_gradients(model, optimizer, max_norm=1.0)
        optimizer.step()
