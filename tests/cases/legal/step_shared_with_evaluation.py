"""One method computes the loss for training and for evaluation; only training gets to its backward()."""

import torch
import torch.nn.functional as F
from torch import nn


class Runner:
    def __init__(self, net, optimizer=None, stage="train"):
        self.net = net
        self.optimizer = optimizer
        self.stage = stage

    def run_batch(self, x, y):
        loss = F.mse_loss(self.net(x), y)
        if self.stage == "train" and self.optimizer is not None:
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def fit_batch(self, x, y):
        self.net.train()
        return self.run_batch(x, y)

    @torch.no_grad()
    def check_batch(self, x, y):
        self.net.eval()
        return self.run_batch(x, y)


def one_pass(net, loader, optimizer, learning):
    total = 0.0
    for x, y in loader:
        loss = F.mse_loss(net(x), y)
        total += loss.item()
        if not learning:
            continue
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return total


def main():
    net = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    loader = [(torch.randn(4, 2), torch.randn(4, 1)) for _ in range(3)]
    for epoch in range(2):
        net.train()
        one_pass(net, loader, optimizer, epoch >= 0)
        net.eval()
        with torch.no_grad():
            one_pass(net, loader, optimizer, epoch < 0)


class OnlyChecked(Runner):
    """Nothing in sight trains it: who calls its run_batch() from elsewhere may well do so with gradients."""

    def run_batch(self, x, y):
        loss = F.l1_loss(self.net(x), y)
        if self.stage != "test":
            loss.backward()
        return loss

    def check_all(self, loader):
        with torch.inference_mode():
            return [self.run_batch(x, y) for x, y in loader]


main()
runner = Runner(nn.Linear(2, 1))
runner.fit_batch(torch.randn(4, 2), torch.randn(4, 1))
runner.check_batch(torch.randn(4, 2), torch.randn(4, 1))
