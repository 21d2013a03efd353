"""A loss for each sample is weighted, masked and reduced before backward()."""

import torch
import torch.nn.functional as F
from torch import nn

criterion = nn.CrossEntropyLoss(reduction="none")


def train(model, loader, optimizer):
    for x, y, weight in loader:
        optimizer.zero_grad()
        loss = (criterion(model(x), y) * weight).mean()
        loss.backward()
        optimizer.step()
        each = F.mse_loss(model(x), y, reduction="none")
        masked = each.sum() / weight.sum()
        optimizer.zero_grad()
        masked.backward()
        model(x).backward(torch.ones(4))
        optimizer.step()
