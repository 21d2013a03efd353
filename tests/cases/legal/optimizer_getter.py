"""The optimizer is reached through a method and through a function."""

import torch


class Trainer:
    def __init__(self, model, criterion):
        self.model = model
        self.criterion = criterion
        self.optimizers = {"main": torch.optim.Adam(model.parameters())}

    def get_optimizer(self):
        optimizer = self.optimizers["main"]
        return optimizer

    def fit(self, loader):
        for x, y in loader:
            self.optimizers["main"].zero_grad()
            loss = self.criterion(self.model(x), y)
            loss.backward()
            self.get_optimizer().step()


def train(model, loader, criterion):
    opt = torch.optim.SGD(model.parameters(), lr=0.1)

    def current():
        return opt

    for x, y in loader:
        current().zero_grad()
        criterion(model(x), y).backward()
        current().step()
