"""p.grad.zero_() after the step, guarded against None."""

import torch


def train(net, loader, criterion):
    opt = torch.optim.Adam(net.parameters())
    for inputs, labels in loader:
        loss = criterion(net(inputs), labels)
        loss.backward()
        opt.step()
        for p in net.parameters():
            if p.grad is not None:
                p.grad.zero_()
