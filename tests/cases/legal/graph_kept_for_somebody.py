"""retain_graph=True where another backward() comes, or may come."""

import torch
from elsewhere import Net
from torch import nn


def two_losses(loader):
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        optimizer.zero_grad()
        output = model(x)
        criterion(output, y).backward(retain_graph=True)
        output.norm().backward()
        optimizer.step()


def memory_of_another_file(loader):
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward(retain_graph=True)
        optimizer.step()


def made_before_the_loop(loader):
    model, style = nn.Linear(4, 2), nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.MSELoss()
    wanted = style(torch.ones(1, 4))
    for x, _ in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), wanted)
        loss.backward(retain_graph=True)
        optimizer.step()


def gradient_of_the_input(loader):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.MSELoss()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward(retain_graph=True)
        torch.autograd.grad(loss, x)
        optimizer.step()
