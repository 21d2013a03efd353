"""A layer without parameters makes noise, or computes a function: no model is under evaluation in train mode."""

import torch
import torch.nn.functional as F
from torch import nn

corrupt = nn.Dropout(0.3)
squash = nn.Sequential(nn.Flatten(), nn.Dropout(p=0.2))


def robustness(net, loader):
    net.eval()
    hits = 0
    with torch.no_grad():
        for x, y in loader:
            hits += (net(corrupt(x)).argmax(1) == y).sum().item()
    return hits


def reconstruction(loader):
    noise = nn.Dropout()
    net = nn.Linear(4, 4)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, _ in loader:
        optimizer.zero_grad()
        F.mse_loss(net(noise(x)), x).backward()
        optimizer.step()
    total = 0.0
    for x, _ in loader:
        with torch.no_grad():
            total += F.mse_loss(noise(x), x).item()
    squash.train()
    for x, _ in loader:
        with torch.no_grad():
            total += F.mse_loss(squash(x), x.flatten(1)).item()
    return total


batches = [(torch.randn(3, 4), torch.zeros(3, dtype=torch.long)) for _ in range(2)]
robustness(nn.Linear(4, 4), batches)
reconstruction(batches)
