"""The wrapped optimizer inside a wrapper is stepped, the wrapper is cleared."""

import torch


def train(model, loader, criterion, wrapper):
    optimizer = wrapper(torch.optim.SGD(model.parameters(), lr=0.1))
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.original_optimizer.step()
