"""Losses summed up, appended and written as total = total + loss."""

import torch.nn.functional as F


def train(model, loader, optimizer):
    total, again, history = 0, 0, []
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss * len(x)  # LC401
        again = again + loss  # LC401
        history.append(loss)  # LC401
    return total, again, history
