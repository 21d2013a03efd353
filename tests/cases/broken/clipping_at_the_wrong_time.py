"""Too late, too early, and while the gradients are scaled; a scaler that is never updated."""

import torch
import torch.nn.functional as F
from torch import nn


def too_late(model, loader, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC603


def too_early(model, loader, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC604
        loss.backward()
        optimizer.step()


def scaled(model, loader, optimizer, scaler):
    for x, y in loader:
        optimizer.zero_grad()
        scaler.scale(F.cross_entropy(model(x), y)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # LC605
        scaler.step(optimizer)
        scaler.update()


def never_updated(model, loader, optimizer, use_amp):
    scaler = torch.cuda.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        if use_amp:
            scaler.scale(loss).backward()
            scaler.step(optimizer)  # LC606
        else:
            loss.backward()
            optimizer.step()
