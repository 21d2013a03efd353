"""Detached copies for the log, detached targets and a teacher's output: all but the loss itself."""

import torch
import torch.nn.functional as F


def train(model, teacher, loader, optimizer, log):
    for x, y in loader:
        optimizer.zero_grad()
        with torch.no_grad():
            target = teacher(x)
        output = model(x)
        loss = F.mse_loss(output, target) + F.mse_loss(output, y.detach())
        log(loss.item(), loss.detach(), output.detach().mean())
        loss.backward()
        optimizer.step()
        loss = loss.detach()
