"""Volatile inputs build no graph; dropout is on all the same."""

import torch
from torch import nn
from torch.autograd import Variable


def main(train_loader, test_loader):
    net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 2))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    net.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(net(Variable(x)), Variable(y)).backward()
        optimizer.step()
    hits = 0
    for x, y in test_loader:
        output = net(Variable(x, volatile=True))  # LC202
        hits += (output.data.max(1)[1] == y).sum()
    return hits
