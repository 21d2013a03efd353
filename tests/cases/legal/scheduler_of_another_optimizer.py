"""Two optimizers: the generator's schedule moves on before the discriminator's first step, and after its own."""

import torch


def train(generator, discriminator, loader, g_loss_fn, d_loss_fn):
    optimizer_g = torch.optim.Adam(generator.parameters())
    optimizer_d = torch.optim.Adam(discriminator.parameters())
    scheduler_g = torch.optim.lr_scheduler.StepLR(optimizer_g, 100)
    for real in loader:
        optimizer_g.zero_grad()
        g_loss = g_loss_fn(discriminator(generator(real)))
        g_loss.backward()
        optimizer_g.step()
        scheduler_g.step()
        optimizer_d.zero_grad()
        d_loss = d_loss_fn(discriminator(real), discriminator(generator(real).detach()))
        d_loss.backward()
        optimizer_d.step()
