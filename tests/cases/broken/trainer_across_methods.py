"""A Trainer: zero_grad is missing, and all parts are in different methods."""

import torch


class Trainer:
    def __init__(self, model, loader):
        self.model, self.loader = model, loader
        self.optimizer = torch.optim.AdamW(self.model.parameters())

    def compute_loss(self, batch):
        x, y = batch
        return torch.nn.functional.cross_entropy(self.model(x), y)

    def train_step(self, batch):
        loss = self.compute_loss(batch)
        loss.backward()  # LC101
        self.optimizer.step()
        return loss.item()

    def train(self):
        self.model.train()
        for epoch in range(10):
            for batch in self.loader:
                print(epoch, self.train_step(batch))
