import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2), nn.Linear(8, 1))
        self.opt = torch.optim.Adam(self.model.parameters())

    def loss(self, x):
        return (self.model(x) - x[:, :1]).pow(2).mean()  # LC203

    def train_epoch(self):
        self.model.train()
        for _ in range(20):
            loss = self.loss(torch.randn(8, 4))
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()

    def evaluate(self):
        self.model.eval()
        return sum(self.loss(torch.randn(8, 4)).item() for _ in range(6))


torch.manual_seed(0)
t = Trainer()
for e in range(4):
    t.train_epoch()
    print(t.evaluate())
