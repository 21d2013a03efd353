"""The loop is here, what happens in it is in another file."""

import torch
from engine import training_step


def main(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in loader:
        loss = training_step(model, batch)
        print(loss)
        optimizer.step()
        optimizer.zero_grad()
