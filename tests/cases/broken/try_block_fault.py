"""Inside try: the loss is computed, stepped, then propagated."""

import torch


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        try:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            optimizer.step()  # LC103
            loss.backward()
        except RuntimeError as error:
            print("out of memory", error)
            raise
