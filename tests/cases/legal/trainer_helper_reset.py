"""self._reset() clears all networks."""

import torch


class Solver:
    def __init__(self, generator, discriminator):
        self.generator, self.discriminator = generator, discriminator
        self.opt_g = torch.optim.Adam(generator.parameters())
        self.opt_d = torch.optim.Adam(discriminator.parameters())

    def _reset(self):
        self.opt_g.zero_grad()
        self.opt_d.zero_grad()

    def train(self, loader):
        for real in loader:
            fake = self.generator(torch.randn(len(real), 8))
            d_loss = self.discriminator(fake.detach()).mean() - self.discriminator(real).mean()
            self._reset()
            d_loss.backward()
            self.opt_d.step()

            g_loss = -self.discriminator(fake).mean()
            self._reset()
            g_loss.backward()
            self.opt_g.step()
