"""An endless loop that is left by break."""

import torch


def train(model, stream, loss_fn, max_steps):
    optimizer = torch.optim.Adam(model.parameters())
    step = 0
    while True:
        x, y = next(stream)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        step += 1
        if step >= max_steps:
            break
    return model
