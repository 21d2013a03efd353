import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))
        self.opt = torch.optim.Adam(self.model.parameters())

    def fit(self):
        for epoch in range(4):
            self.run_epoch()
            self.validate()

    def run_epoch(self):
        for i in range(20):
            x = torch.randn(8, 4)
            loss = nn.functional.mse_loss(self.model(x), x[:, :1])
            self.opt.zero_grad()
            self._backward(loss)
            self.opt.step()

    def _backward(self, loss):
        loss.backward()  # LC201

    @torch.no_grad()
    def validate(self):
        return sum(self.score(torch.randn(8, 4)) for _ in range(4))

    def score(self, x):
        self.model.eval()
        return nn.functional.mse_loss(self.model(x), x[:, :1]).item()


torch.manual_seed(0)
Trainer().fit()
