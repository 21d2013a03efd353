"""Two optimizers: each one's gradients are clipped between its own backward and its own step."""

import torch
from torch.nn.utils import clip_grad_norm_


def train(generator, discriminator, loader, g_loss_fn, d_loss_fn):
    optimizer_g = torch.optim.Adam(generator.parameters())
    optimizer_d = torch.optim.Adam(discriminator.parameters())
    for real in loader:
        fake = generator(real)
        g_loss = g_loss_fn(discriminator(fake))
        d_loss = d_loss_fn(discriminator(real), discriminator(fake.detach()))
        optimizer_d.zero_grad()
        d_loss.backward(retain_graph=True)
        clip_grad_norm_(discriminator.parameters(), 1.0)
        optimizer_d.step()
        optimizer_g.zero_grad()
        g_loss.backward()
        clip_grad_norm_(generator.parameters(), 1.0)
        optimizer_g.step()
