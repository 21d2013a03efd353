"""Optimizers by constant index and key, one after another."""

import torch


def train(nets, loader):
    opt = {"a": torch.optim.Adam(nets["a"].parameters()), "b": torch.optim.Adam(nets["b"].parameters())}
    for x in loader:
        opt["a"].zero_grad()
        loss_a = nets["a"](x).mean()
        loss_a.backward()
        opt["a"].step()

        opt["b"].zero_grad()
        loss_b = nets["b"](x).mean()
        loss_b.backward()
        opt["b"].step()
