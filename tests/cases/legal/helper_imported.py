"""A helper of another file, given the optimizer, may clear, propagate and step."""

import torch
from utils import clear_gradients, optimize_step


def main(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    other = torch.optim.SGD(model.parameters(), lr=0.1)
    for x in loader:
        loss = model(x).mean()
        loss.backward()
        optimizer.step()
        clear_gradients(optimizer)
        optimize_step(other, model(x).mean())
