"""Even batches for one optimizer, odd ones for the other; both are cleared at the head."""

import torch


def train(model, loader, loss_fn):
    body_opt = torch.optim.Adam(model.body.parameters())
    head_opt = torch.optim.SGD(model.head.parameters(), lr=0.1)
    for i, (x, y) in enumerate(loader):
        model.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        if i % 2:
            body_opt.step()
        else:
            head_opt.step()
