"""The output is cut before the loss is computed; a loss is wrapped into a new tensor."""

import torch
import torch.nn.functional as F
from torch import nn


def train(loader, criterion=None):
    model = nn.Linear(4, 3)
    optimizer = torch.optim.Adam(model.parameters())
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        optimizer.zero_grad()
        output = model(x).detach()  # LC108
        loss = criterion(output, y)
        loss.backward()
        optimizer.step()


def train_data(model, loader, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss = loss.data  # LC108
        loss.requires_grad_()
        loss.backward()
        optimizer.step()
