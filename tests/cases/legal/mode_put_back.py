"""The mode of before is put back, by value, by a context or at the head of each epoch."""

from contextlib import contextmanager

import torch
import torch.nn.functional as F


@contextmanager
def evaluating(model):
    before = model.training
    model.eval()
    yield
    model.train(before)


def validate(model, loader):
    before = model.training
    model.eval()
    with torch.no_grad():
        total = sum(F.cross_entropy(model(x), y).item() for x, y in loader)
    model.train(before)
    return total


def train(model, loader, held_out, optimizer):
    for epoch in range(3):
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        validate(model, held_out)
        with evaluating(model), torch.no_grad():
            print(F.cross_entropy(model(x), y).item())
