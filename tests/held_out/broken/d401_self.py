import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        self.opt = torch.optim.Adam(self.net.parameters())
        self.history = {"loss": [], "acc": []}

    def step(self, x, y):
        out = self.net(x)
        loss = nn.functional.cross_entropy(out, y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        self.history["loss"].append(loss)  # LC401
        self.history["acc"].append((out.argmax(1) == y).float().mean().item())

    def fit(self):
        for _ in range(80):
            self.step(torch.randn(8, 4), torch.randint(0, 3, (8,)))


torch.manual_seed(0)
Trainer().fit()
