"""Lists that grow in some rounds only, or once an epoch: their graphs stay all the same."""

from collections import defaultdict, deque

import torch.nn.functional as F


def each_tenth(model, x, y, optimizer, verbose):
    kept, noted = [], list()
    for epoch in range(100):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        if epoch % 10 == 0:
            kept.append(loss)  # LC401
        if verbose:
            noted.append(loss)  # LC401
    return kept, noted


def once_an_epoch(model, loader, optimizer, epochs):
    curve = deque()
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
        curve.append(loss / 3)  # LC401
    return curve


def lists_of_others(model, loader, optimizer, losses):
    curves = defaultdict(list)
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss)  # LC401
        curves["train"].append(loss)  # LC401
