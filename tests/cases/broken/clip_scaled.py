"""Scaled gradients are clipped: unscale_ is missing, or comes too late."""

import torch


class Scaler:
    def __init__(self):
        self._scaler = torch.cuda.amp.GradScaler()

    def __call__(self, loss, optimizer, parameters, clip=None):
        self._scaler.scale(loss).backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(parameters, clip)  # LC605
        else:
            self._scaler.unscale_(optimizer)
        self._scaler.step(optimizer)
        self._scaler.update()


def train(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cuda")
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC605
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
