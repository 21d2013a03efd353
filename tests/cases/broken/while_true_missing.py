"""An endless loop without a clear."""

import torch


def train(model, stream, loss_fn, max_steps):
    optimizer = torch.optim.Adam(model.parameters())
    step = 0
    while True:
        batch = next(stream)
        loss = loss_fn(model(batch))
        loss.backward()  # LC101
        optimizer.step()
        step += 1
        if step > max_steps:
            break
