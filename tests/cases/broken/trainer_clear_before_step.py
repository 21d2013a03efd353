"""before_step() clears what backward() has just computed."""

import torch


class Trainer:
    def __init__(self, net):
        self.net = net
        self.optim = torch.optim.Adam(net.parameters())

    def before_step(self):
        self.optim.zero_grad()  # LC102

    def fit(self, loader, loss_fn):
        for x, y in loader:
            loss = loss_fn(self.net(x), y)
            loss.backward()
            self.before_step()
            self.optim.step()
