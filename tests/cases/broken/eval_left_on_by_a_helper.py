"""validate() switches to eval mode two calls below the loop, and nobody switches back."""

import torch
import torch.nn.functional as F
from torch import nn


def run(model, loader):
    model.eval()
    with torch.no_grad():
        return sum(F.cross_entropy(model(x), y).item() for x, y in loader)


def validate(model, loader):
    return run(model, loader)


def main(loader, held_out):
    model = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5))
    optimizer = torch.optim.Adam(model.parameters())
    for step, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()  # LC201
        optimizer.step()
        if step % 100 == 0:
            validate(model, held_out)
