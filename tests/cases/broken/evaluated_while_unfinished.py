"""A model whose layers are still to be written is a model all the same; a layer of torch on its own is none."""

import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return x  # layers will come


def main(train_loader, test_loader, rate):
    net = Net()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=rate)
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(net(x), y).backward()
        optimizer.step()
    net.eval()
    total = 0.0
    for x, y in test_loader:
        output = net(x)  # LC203
        total += criterion(output, y).item()
    return total
