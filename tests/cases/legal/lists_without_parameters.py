"""Lists of losses, activations and numbers: they hold nothing that is trained and no mode."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = [4, 8]
        self.losses = [nn.MSELoss(), nn.L1Loss()]
        self.activations = {"relu": nn.ReLU(), "tanh": nn.Tanh(), "max": nn.MaxPool1d(2)}
        self.shapes = [torch.Size([4]), torch.Size([8])]
        self.layers = nn.ModuleList()
        for i in range(3):
            self.layers.append(nn.Linear(4, 4))
        self.unknown = [make(size) for size in sizes]

    def forward(self, x, y, name):
        for layer in self.layers:
            x = self.activations[name](layer(x))
        return sum(loss(x, y) for loss in self.losses) + self.unknown[0](x) + self.sizes[0] + len(self.shapes)


def train(loader):
    model = Net([1, 2])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        model(x, y, "relu").backward()
        optimizer.step()
