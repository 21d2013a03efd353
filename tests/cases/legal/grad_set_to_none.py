"""p.grad = None in a loop over the parameters is a clear."""

import torch


def train(net, loader, criterion):
    opt = torch.optim.SGD(net.parameters(), lr=1e-2, momentum=0.9)
    net.train()
    for inputs, labels in loader:
        for param in net.parameters():
            param.grad = None
        loss = criterion(net(inputs), labels)
        loss.backward()
        opt.step()
