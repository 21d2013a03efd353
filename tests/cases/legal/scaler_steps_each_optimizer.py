"""One scaler steps several optimizers, in a loop over them, and is updated once."""

import torch


def train(model, optimizers, loss_fn, loader):
    scaler = torch.amp.GradScaler()
    for x, y in loader:
        for optimizer in optimizers:
            optimizer.zero_grad()
        with torch.autocast("cuda"):
            loss = loss_fn(model(x), y)
        scaler.scale(loss).backward()
        for optimizer in optimizers:
            scaler.step(optimizer)
        scaler.update()


def train_named(model, optimizers, loss_fn, loader):
    scaler = torch.amp.GradScaler()
    for x, y in loader:
        loss = loss_fn(model(x), y)
        scaler.scale(loss).backward()
        for name, one in optimizers.items():
            scaler.step(one)
            one.zero_grad()
        scaler.update()
