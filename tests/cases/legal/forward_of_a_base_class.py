"""forward is rightly called by its name: on super(), a base class, self, and by the one who stands in for the call."""

import torch
from torch import nn


class Scaled(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x) + nn.Linear.forward(self, x)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = Scaled(4, 1)

    def forward(self, x):
        return self.fc(x)

    def predict(self, x):
        return self.forward(x) > 0


class Service:
    def __init__(self, model):
        self.model = model
        self.model.eval()
        self.weights = list(self.model.parameters())

    def __call__(self, x):
        return self.model.forward(x)


class Counted(nn.Module):
    def __call__(self, x):
        self.calls = getattr(self, "calls", 0) + 1
        return self.forward(x)

    def forward(self, x):
        return x


class Pipeline(nn.Module):
    def __init__(self):
        super().__init__()
        self.counted = Counted()
        self.fc = nn.Linear(4, 1)

    @torch.jit.export
    def embed(self, x):
        return self.fc.forward(x)

    def forward(self, x):
        return self.fc(self.counted.forward(x))


def train(loader):
    model = Pipeline()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        (model(x) - y).pow(2).mean().backward()
        optimizer.step()
