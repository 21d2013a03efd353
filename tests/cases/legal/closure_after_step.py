"""A step with a closure may follow any step: it computes new gradients."""

import torch


def fit(model, batches, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:

        def again():
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            return loss

        optimizer.step(again)
        optimizer.step(again)
