"""Functional dropout in plain functions and in classes that are no modules: there is no mode to follow."""

import torch
import torch.nn.functional as F
from torchvision.transforms import functional as TF


class Noise:
    def forward(self, x):
        return F.dropout(x, 0.1)


def augment(x):
    return F.dropout(TF.dropout(x), 0.1)


def block(x, training):
    if training:
        x = F.dropout(x, 0.1)
    return x


def train(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        F.mse_loss(model(augment(block(x, training=True))), y).backward()
        optimizer.step()
