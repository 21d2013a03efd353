import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Linear(4, 1)
        self.opt = torch.optim.SGD(self.model.parameters(), lr=0.01)

    def training_step(self, x):
        self.opt.zero_grad()
        loss = (self.model(x) - x[:, :1]).pow(2).mean()
        loss.backward()
        self.opt.step()
        return loss.item()

    def on_batch_end(self):
        self.opt.step()  # LC110

    def fit(self):
        for i in range(60):
            self.training_step(torch.randn(8, 4))
            self.on_batch_end()


torch.manual_seed(0)
Trainer().fit()
