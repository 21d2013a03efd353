"""for-else: what comes after a loop that was not broken off."""

import torch


def train(model, loader, criterion, epochs):
    optimizer = torch.optim.Adam(model.parameters())
    for _epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            if loss.isnan():
                break
            loss.backward()
            optimizer.step()
        else:
            print("a full epoch")
            continue
        break
