"""The scheduler at the head of the epoch, and before the step of each batch."""

import torch
import torch.nn.functional as F


def train(model, loader, optimizer):
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    for epoch in range(3):
        scheduler.step()  # LC601
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()


def train_batches(model, loader, optimizer, lr_scheduler):
    for x, y in loader:
        F.cross_entropy(model(x), y).backward()
        lr_scheduler.step()  # LC601
        optimizer.step()
        optimizer.zero_grad()
