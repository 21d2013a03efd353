"""A Trainer whose parts are in different methods."""

import torch


class Trainer:
    def __init__(self, model, loader, config):
        self.model = model
        self.loader = loader
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr)
        self.lr_scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 10)

    def fit(self, epochs):
        for epoch in range(epochs):
            self.model.train()
            self._run_epoch(epoch)
            self.lr_scheduler.step()

    def _run_epoch(self, epoch):
        for batch in self.loader:
            self.optimizer.zero_grad()
            loss = self._forward(batch)
            self._backward(loss)
            self.optimizer.step()

    def _forward(self, batch):
        return self.model(batch["input"]).sub(batch["target"]).square().mean()

    def _backward(self, loss):
        loss.backward()
