"""The overriding method clips instead of clearing."""

import torch


class Trainer:
    def __init__(self, net):
        self.net = net
        self.optim = torch.optim.Adam(net.parameters())

    def step(self, loss):
        loss.backward()  # LC101
        self.optim.step()


class ClippingTrainer(Trainer):
    def step(self, loss):
        print(loss.item())
        super().step(loss)

    def run(self, loader):
        for x, y in loader:
            loss = (self.net(x) - y).abs().mean()
            self.step(loss)
