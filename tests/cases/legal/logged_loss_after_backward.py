"""Other losses are computed for the log between the backward and the step."""

import torch


def train(model, loader, criterion, l1_loss):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        out = model(x)
        loss = criterion(out, y)
        loss.backward()
        l1 = l1_loss(out.detach(), y)
        optimizer.step()
        print(loss.item(), l1.item())
