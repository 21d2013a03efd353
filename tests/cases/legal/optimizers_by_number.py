"""Members of a list by a running index: two rounds are about two optimizers."""

import torch


def train(body, head, loader, criterion):
    opts = [torch.optim.Adam(body.parameters()), torch.optim.SGD(head.parameters(), lr=0.1)]
    for x, y in loader:
        for k in range(2):
            opts[k].zero_grad()
        loss = criterion(head(body(x)), y)
        loss.backward()
        for k in range(2):
            opts[k].step()
