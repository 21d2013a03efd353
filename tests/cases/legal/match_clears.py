"""What is cleared depends on the phase, but something always is."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for phase, x, y in loader:
        match phase:
            case "first":
                optimizer.zero_grad(set_to_none=True)
            case _:
                model.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
