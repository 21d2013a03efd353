"""The inputs are moved, the targets are not; nothing of a plain loader is moved."""

import torch
import torch.nn.functional as F
from torch import nn


def train(model, loader, optimizer, device):
    model = model.to(device)
    for x, y in loader:
        x = x.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)  # LC301
        loss.backward()
        optimizer.step()


def train_all(dataset, device):
    model = nn.Linear(4, 3).to(device)
    optimizer = torch.optim.Adam(model.parameters())
    loader = torch.utils.data.DataLoader(dataset, shuffle=True)
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)  # LC301
        loss.backward()
        optimizer.step()
