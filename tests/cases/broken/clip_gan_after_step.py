"""The discriminator's gradients are clipped after its step; the generator's in time."""

import torch
from torch.nn.utils import clip_grad_norm_


def train(generator, discriminator, loader, g_loss_fn, d_loss_fn):
    optimizer_g = torch.optim.Adam(generator.parameters())
    optimizer_d = torch.optim.Adam(discriminator.parameters())
    for real in loader:
        optimizer_d.zero_grad()
        d_loss = d_loss_fn(discriminator(real), discriminator(generator(real).detach()))
        d_loss.backward()
        optimizer_d.step()
        clip_grad_norm_(discriminator.parameters(), 1.0)  # LC603
        optimizer_g.zero_grad()
        g_loss = g_loss_fn(discriminator(generator(real)))
        g_loss.backward()
        clip_grad_norm_(generator.parameters(), 1.0)
        optimizer_g.step()
