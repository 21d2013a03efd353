"""Numbers, detached copies, sums under no_grad, and a sum that is propagated itself."""

import torch
import torch.nn.functional as F


def train(model, loader, optimizer):
    running, seen, history = 0.0, 0, []
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        running += loss.item() * len(x)
        seen += (model(x).argmax(1) == y).sum()
        history.append(loss.detach())
    with torch.no_grad():
        total = 0
        for x, y in loader:
            total += F.cross_entropy(model(x), y)
    return running, seen, history, total


def train_on_sums(model, loader, optimizer):
    total = 0
    for step, (x, y) in enumerate(loader):
        total += F.cross_entropy(model(x), y)
        if step % 4 == 3:
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
            total = 0
