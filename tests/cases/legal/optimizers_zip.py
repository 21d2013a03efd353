"""Several independent models, each with its optimizer, side by side."""

import torch


def train(models, loaders, criterion):
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.1) for m in models]
    for batches in zip(*loaders, strict=True):
        for model, optimizer, (x, y) in zip(models, optimizers, batches, strict=True):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
