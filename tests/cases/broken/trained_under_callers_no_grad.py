"""The step itself knows nothing of no_grad: all who call it have switched gradients off."""

import torch
import torch.nn.functional as F
from torch import nn


def step(net, optimizer, x, y):
    optimizer.zero_grad()
    output = net(x)  # LC204
    F.mse_loss(output, y).backward()
    optimizer.step()


def main(loader):
    net = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with torch.no_grad():
        for x, y in loader:
            step(net, optimizer, x, y)
    with torch.inference_mode():
        for x, y in loader:
            step(net, optimizer, x, y)


def own_block(net, loader, optimizer, clips):
    for i, (x, y) in enumerate(loader):
        with torch.no_grad():
            output = net(x)  # LC204
        loss = F.mse_loss(output, y)
        if i % 2 == 0:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def fit(loader):
    net = nn.Linear(2, 1)
    own_block(net, loader, torch.optim.SGD(net.parameters(), lr=0.1), clips=False)
