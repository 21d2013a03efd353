"""Clipped between the loss and its backward, with the clear before, after or in the last round."""

from torch.nn.utils import clip_grad_norm_, clip_grad_value_


def train_epoch(model, optimizer, loader, criterion):
    for x, y in loader:
        loss = criterion(model(x), y)
        clip_grad_norm_(model.parameters(), 1.0)  # LC604
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def update(model, optimizer, x, y, criterion):
    loss = criterion(model(x), y)
    clip_grad_value_(model.parameters(), 1.0)  # LC604
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def accumulate(model, optimizer, loader, criterion):
    optimizer.zero_grad()
    for i, (x, y) in enumerate(loader):
        loss = criterion(model(x), y)
        clip_grad_norm_(optimizer.param_groups[0]["params"], 1.0)  # LC604
        loss.backward()
        if i % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()
