"""The same scaler, in the file: backward and step live in __call__, the clear with the caller."""

import torch


class Scaler:
    def __init__(self):
        self._scaler = torch.amp.GradScaler()

    def __call__(self, loss, optimizer, clip_grad=None, parameters=None, update_grad=True):
        self._scaler.scale(loss).backward()
        if update_grad:
            self._scaler.unscale_(optimizer)
            if clip_grad is not None:
                torch.nn.utils.clip_grad_norm_(parameters, clip_grad)
            self._scaler.step(optimizer)
            self._scaler.update()


def train(model, loader, criterion):
    optimizer = torch.optim.AdamW(model.parameters())
    scaler = Scaler()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        scaler(loss, optimizer, parameters=model.parameters())
