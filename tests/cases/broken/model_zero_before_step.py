"""model.zero_grad() throws the gradients away just as well."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    model.train()
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        model.zero_grad()  # LC102
        optimizer.step()
