"""The old spelling: p.grad.data.zero_()."""

import torch


def train(net, loader, criterion):
    opt = torch.optim.Adam(net.parameters())
    for inputs, labels in loader:
        for p in net.parameters():
            if p.grad is not None:
                p.grad.data.zero_()
        criterion(net(inputs), labels).backward()
        opt.step()
