"""no_grad by decorator, by the caller, by a statement: the evaluation has no graph."""

import torch
import torch.nn.functional as F


def accuracy(model, loader):
    model.eval()
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader)


@torch.inference_mode()
def validate(model, loader):
    model.eval()
    return sum(F.cross_entropy(model(x), y).item() for x, y in loader)


def train(model, loader, held_out, optimizer):
    for epoch in range(3):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        with torch.no_grad():
            accuracy(model, held_out)
        validate(model, held_out)
    torch.set_grad_enabled(False)
    accuracy(model, held_out)
