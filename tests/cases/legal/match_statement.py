"""The phases of a curriculum in a match."""

import torch


def train(model, loader, losses):
    optimizer = torch.optim.Adam(model.parameters())
    for kind, batch in loader:
        optimizer.zero_grad()
        match kind:
            case "labelled":
                loss = losses.supervised(model(batch))
            case "unlabelled":
                loss = losses.consistency(model(batch), model(batch))
            case _:
                continue
        loss.backward()
        optimizer.step()
