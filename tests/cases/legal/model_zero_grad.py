"""The model clears the gradients of its optimizer."""

import torch
from torch import nn

model = nn.LSTM(8, 8)
optimizer = torch.optim.SGD(model.parameters(), lr=20)
criterion = nn.MSELoss()


def train(source):
    model.train()
    for data, targets in source:
        model.zero_grad()
        output, _ = model(data)
        loss = criterion(output, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()
