"""A flow, whose forward is one of two directions that are called by name; and a net with gradients of its own."""

import torch
from torch import nn


class Coupling(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Linear(4, 4)

    def forward(self, x):
        return x * self.scale(x).exp()

    def inverse(self, z):
        return z / self.scale(z).exp()


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.coupling = Coupling()

    def log_prob(self, x):
        return -self.coupling.forward(x).pow(2).sum()

    def sample(self, z):
        return self.coupling.inverse(z)


def train(loader, network):
    flow = Flow()
    optimizer = torch.optim.Adam(flow.parameters())
    for x in loader:
        optimizer.zero_grad()
        loss = -flow.log_prob(x)
        loss.backward()
        optimizer.step()
        out = network.forward(x)
        network.backward(out - x)
        print(network.state_dict())
