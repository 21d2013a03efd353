"""Two steps on one backward; what is computed in between is only printed."""

import torch


def train(model, loader, criterion, auxiliary):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        reg_loss = auxiliary(model(x), y)
        print(reg_loss)
        optimizer.step()  # LC110
