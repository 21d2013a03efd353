"""torch.autograd.grad computes the gradients, or an estimate does, and a helper puts them into the model."""

import torch
from estimates import assign, estimate


def computed(net, opt, loader, criterion):
    for x, y in loader:
        opt.zero_grad()
        loss = criterion(net(x), y)
        gradients = torch.autograd.grad(loss, net.parameters())
        assign(net, gradients)
        opt.step()


def estimated(net, loader, criterion):
    opt = torch.optim.Adam(net.parameters())
    for x, y in loader:
        opt.zero_grad()
        assign(net, estimate(net, x))
        loss = criterion(net(x), y)
        print(loss.item())
        opt.step()
