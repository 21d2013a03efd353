"""The norm is measured after the step, for the log: nothing is clipped."""

import math

import torch
from torch.nn.utils import clip_grad_norm_


def train(model, loader, criterion, log):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        before = clip_grad_norm_(model.parameters(), float("inf"))
        loss.backward()
        clip_grad_norm_(model.parameters(), max_norm=5.0)
        optimizer.step()
        log(before, clip_grad_norm_(model.parameters(), max_norm=math.inf))
