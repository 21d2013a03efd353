"""Clipping between backward and step: plain, scaled, accumulated; a norm that is only measured."""

import torch
import torch.nn.functional as F
from torch import nn


def train(model, loader, optimizer, scaler, limit):
    for number, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        first, second = F.cross_entropy(model(x), y), F.mse_loss(model(y), x)
        first.backward()
        second.backward()
        nn.utils.clip_grad_norm_(model.parameters(), limit)
        optimizer.step()
        print(nn.utils.clip_grad_norm_(model.parameters(), float("inf")))


def train_scaled(model, loader, optimizer, other):
    scaler = torch.amp.GradScaler("cuda")
    for x, y in loader:
        optimizer.zero_grad()
        other.zero_grad()
        scaler.scale(F.cross_entropy(model(x), y)).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.step(other)
        scaler.update()


def train_in_parts(model, loader, optimizer):
    scaler = torch.amp.GradScaler("cuda", enabled=False)
    for number, (x, y) in enumerate(loader):
        scaler.scale(F.cross_entropy(model(x), y)).backward()
        if number % 4 == 3:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
