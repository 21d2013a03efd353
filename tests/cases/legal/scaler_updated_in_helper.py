"""The scaler is updated in another method, which something else calls."""

import torch
from framework import Runner


class AmpRunner(Runner):
    def __init__(self, model):
        super().__init__()
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        self.scaler = torch.amp.GradScaler("cuda")

    def after_batch(self):
        self.scaler.update()

    def train(self, loader, criterion):
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = criterion(self.model(x), y)
            self.scaler.scale(loss).backward()
            self.scaler.step(self.optimizer)
            self.call_hooks("after_batch")
