"""A step of a training whose loop is in another file: the order is wrong however often it is called."""

import torch.nn.functional as F


def train_step(model, optimizer, x, y):
    model.train()
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    optimizer.step()  # LC103
    loss.backward()
    return loss.item()


def other_step(model, optimizer, x, y):
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.zero_grad()  # LC102
    optimizer.step()
    return loss.item()
