"""Mixed precision: the step before the backward."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.AdamW(model.parameters())
    scaler = torch.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        with torch.autocast("cuda"):
            loss = criterion(model(x), y)
        scaler.step(optimizer)  # LC103
        scaler.scale(loss).backward()
        scaler.update()
