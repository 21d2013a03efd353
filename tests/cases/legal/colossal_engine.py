"""A booster-like engine that is given the loss and the optimizer."""

import torch
from colossalai.booster import Booster


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    booster = Booster()
    model, optimizer, criterion, loader, _ = booster.boost(model, optimizer, criterion, loader)
    for x, y in loader:
        loss = criterion(model(x), y)
        booster.backward(loss, optimizer)
        optimizer.step()
        optimizer.zero_grad()
