"""A module of another file gives the state: it might detach it, so the finding is likely and no more."""

import torch
import torch.nn.functional as F
from models import Speech


def train(loader):
    net = Speech(4, 8)
    optimizer = torch.optim.Adam(net.parameters())
    state = None
    for x, y in loader:
        output, state = net(x, state)  # LC402
        optimizer.zero_grad()
        F.mse_loss(output, y).backward()
        optimizer.step()
