"""The same optimizer under two names, bound in a tuple."""

import torch


class Runner:
    def __init__(self, model):
        self.model = model
        self.opt = torch.optim.Adam(model.parameters())

    def run(self, loader, loss_fn):
        model, opt = self.model, self.opt
        for x, y in loader:
            self.opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
