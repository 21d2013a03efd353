"""retain_graph=True where the file does not tell: a module with a memory, one of others, a loss in an attribute."""

import torch
import torch.nn.functional as F
from elsewhere import Criterion, Net
from torch import nn


class Remembers(nn.Module):
    """Its state goes into the next call."""

    def __init__(self):
        super().__init__()
        self.cell = nn.RNN(4, 4)
        self.state = None

    def forward(self, x):
        out, self.state = self.cell(x, self.state)
        return out


def with_a_memory(loader):
    model = Remembers()
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward(retain_graph=True)
        optimizer.step()


def of_others(loader):
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward(retain_graph=True)
        optimizer.step()


def received(model, loader, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward(retain_graph=True)
        optimizer.step()


def loss_of_others(loader):
    model, criterion = nn.Linear(4, 1), Criterion()
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward(retain_graph=True)
        optimizer.step()


class Trainer:
    def __init__(self):
        self.model = nn.Linear(4, 1)
        self.optimizer = torch.optim.Adam(self.model.parameters())

    def fit(self, loader):
        for x, y in loader:
            self.optimizer.zero_grad()
            self.loss = F.mse_loss(self.model(x), y)
            self.loss.backward(retain_graph=True)
            self.optimizer.step()


def by_choice(loader, keep):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward(retain_graph=keep)
        optimizer.step()
