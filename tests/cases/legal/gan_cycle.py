"""CycleGAN: one optimizer over two generators, frozen discriminators meanwhile."""

import itertools

import torch


class CycleGAN:
    def __init__(self, g_ab, g_ba, d_a, d_b):
        self.g_ab, self.g_ba, self.d_a, self.d_b = g_ab, g_ba, d_a, d_b
        self.optimizer_g = torch.optim.Adam(itertools.chain(g_ab.parameters(), g_ba.parameters()))
        self.optimizer_d = torch.optim.Adam(itertools.chain(d_a.parameters(), d_b.parameters()))

    def backward_d(self, net_d, real, fake):
        loss_d = (net_d(real) - 1).pow(2).mean() + net_d(fake.detach()).pow(2).mean()
        loss_d.backward()

    def backward_g(self):
        self.loss_g = (self.d_b(self.fake_b) - 1).pow(2).mean() + (self.d_a(self.fake_a) - 1).pow(2).mean()
        self.loss_g.backward()

    def optimize_parameters(self, a, b):
        self.fake_b, self.fake_a = self.g_ab(a), self.g_ba(b)
        self.optimizer_g.zero_grad()
        self.backward_g()
        self.optimizer_g.step()
        self.optimizer_d.zero_grad()
        self.backward_d(self.d_a, a, self.fake_a)
        self.backward_d(self.d_b, b, self.fake_b)
        self.optimizer_d.step()


def main(model, loader):
    for a, b in loader:
        model.optimize_parameters(a, b)
