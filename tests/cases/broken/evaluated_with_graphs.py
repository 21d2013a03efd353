"""eval(), and no no_grad()."""

import torch.nn.functional as F


def evaluate(model, loader):
    model.eval()
    total = 0
    for x, y in loader:
        total += F.cross_entropy(model(x), y).item()  # LC203
    return total


def train(model, loader, held_out, optimizer):
    for epoch in range(3):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        evaluate(model, held_out)
