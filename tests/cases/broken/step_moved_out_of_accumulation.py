"""The step has slipped out of the if: most rounds are wrong, but the one after a clear is not, so nothing is shown."""

import torch


def train(model, loader, criterion, accum=4):
    optimizer = torch.optim.AdamW(model.parameters())
    for i, (x, y) in enumerate(loader):
        loss = criterion(model(x), y) / accum
        loss.backward()  # LC101 (possible)
        if (i + 1) % accum == 0:
            optimizer.zero_grad()  # LC102 (possible)
        optimizer.step()
