"""A hidden state that is detached, made anew, or carried through one sequence only."""

import torch
import torch.nn.functional as F
from torch import nn


def train(loader):
    rnn = nn.GRU(4, 8)
    optimizer = torch.optim.Adam(rnn.parameters())
    state = None
    for x, y in loader:
        optimizer.zero_grad()
        output, state = rnn(x, state)
        state = state.detach()
        F.mse_loss(output, y).backward()
        optimizer.step()


def step_by_step(loader):
    cell = nn.GRUCell(4, 8)
    optimizer = torch.optim.Adam(cell.parameters())
    for sequence, y in loader:
        optimizer.zero_grad()
        state = torch.zeros(1, 8)
        for x in sequence:
            state = cell(x, state)
        F.mse_loss(state, y).backward()
        optimizer.step()
