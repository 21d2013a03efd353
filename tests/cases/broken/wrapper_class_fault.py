"""The Noam wrapper's own step() clears before it steps."""

import torch


class NoamOpt:
    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.count = 0

    def step(self):
        self.count += 1
        self.optimizer.zero_grad()  # LC102
        self.optimizer.step()


def run(model, batches, loss_fn):
    opt = NoamOpt(torch.optim.Adam(model.parameters()))
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        opt.step()
