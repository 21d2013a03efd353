"""The optimizer is read through a property."""

import torch


class Trainer:
    def __init__(self, model, criterion):
        self.model = model
        self.criterion = criterion
        self._updater = torch.optim.Adam(model.parameters())

    @property
    def optimizer(self):
        return self._updater

    def fit(self, loader):
        for x, y in loader:
            self._updater.zero_grad()
            loss = self.criterion(self.model(x), y)
            loss.backward()
            self.optimizer.step()
