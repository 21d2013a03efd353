"""retain_graph=True in a function that others call, and on a loss that comes from outside."""

import torch
from torch import nn


def propagate(loss):
    loss.backward(retain_graph=True)


def step_by_step(loader):
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        propagate(loss)
        penalty(loss)
        optimizer.step()


def penalty(loss):
    (0.1 * loss).backward()


def inner_rounds(loader):
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        for _ in range(2):
            loss.backward(retain_graph=True)
        optimizer.step()
