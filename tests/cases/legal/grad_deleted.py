"""del p.grad is a clear."""

import torch


def train(net, loader, criterion):
    opt = torch.optim.Adam(net.parameters())
    for inputs, labels in loader:
        criterion(net(inputs), labels).backward()
        opt.step()
        for p in net.parameters():
            del p.grad
