"""The step comes after an endless inner loop that is left by break."""

import torch


def train(model, stream, criterion, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        while True:
            batch, last = next(stream)
            loss = criterion(model(batch))
            loss.backward()  # LC101
            if last:
                break
        optimizer.step()
