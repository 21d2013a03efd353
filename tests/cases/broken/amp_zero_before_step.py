"""Mixed precision: cleared between scaler.scale(loss).backward() and scaler.step()."""

import torch
from torch.amp import GradScaler, autocast


def train(model, loader, criterion):
    optimizer = torch.optim.AdamW(model.parameters())
    scaler = GradScaler()
    for x, y in loader:
        with autocast("cuda"):
            loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        optimizer.zero_grad(set_to_none=True)  # LC102
        scaler.step(optimizer)
        scaler.update()
