"""An engine that is given losses steps the optimizer that was hung on it."""

import torch
from parallel import Engine


def main(model, loader):
    optimizer = torch.optim.Adam(model.parameters())
    engine = Engine(model)
    engine.optimizer = optimizer
    for x, y in loader:
        loss = engine(x, y)
        engine.backward(loss)
        engine.step()
