"""The optimizer is a parameter, called in this file."""

import torch


def update(net, o, batch):
    o.zero_grad()
    loss = net(batch).mean()
    loss.backward()
    o.step()


def main(net, loader):
    adam = torch.optim.Adam(net.parameters())
    for epoch in range(3):
        for batch in loader:
            update(net, adam, batch)
        print(epoch)
