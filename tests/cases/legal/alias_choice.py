"""One of two optimizers is chosen each epoch, under one name."""

import torch


def train(model, loader, loss_fn, epochs):
    warm = torch.optim.Adam(model.parameters(), lr=1e-3)
    main = torch.optim.SGD(model.parameters(), lr=1e-1)
    for epoch in range(epochs):
        optimizer = warm if epoch < 5 else main
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
