import torch
from torch import nn


class Trainer:
    def __init__(self, model):
        self.model = model
        self.opt = torch.optim.Adam(self.model.parameters(), lr=1e-3)

    def step(self, x, y):
        self.opt.zero_grad()
        loss = nn.functional.mse_loss(self.model(x), y)
        loss.backward()  # LC105
        return loss.item()

    def fit(self):
        for e in range(4):
            for _ in range(20):
                x = torch.randn(8, 4)
                self.step(x, x[:, :1])


torch.manual_seed(0)
Trainer(nn.Linear(4, 1)).fit()
