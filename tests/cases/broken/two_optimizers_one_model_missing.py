"""The optimizer of both parts clears and steps; what it leaves behind is added to in the next round."""

import torch


def train(generator, discriminator, loader, loss_fn):
    opt_g = torch.optim.Adam(generator.parameters())
    opt_both = torch.optim.Adam([*generator.parameters(), *discriminator.parameters()])
    for z in loader:
        g_loss = loss_fn(discriminator(generator(z)), 1)
        g_loss.backward()  # LC101
        opt_g.step()
        opt_both.zero_grad()
        info_loss = loss_fn(discriminator(generator(z)), z)
        info_loss.backward()
        opt_both.step()
