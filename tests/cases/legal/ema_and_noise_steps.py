"""Diffusion: ema.step() and noise_scheduler.step() are no optimizer steps."""

import torch
import torch.nn.functional as F


def train(unet, loader, ema_model, noise_scheduler):
    optimizer = torch.optim.AdamW(unet.parameters(), lr=1e-4)
    for clean in loader:
        noise = torch.randn_like(clean)
        timesteps = torch.randint(0, 1000, (len(clean),))
        noisy = noise_scheduler.add_noise(clean, noise, timesteps)
        loss = F.mse_loss(unet(noisy, timesteps).sample, noise)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        ema_model.step(unet.parameters())
    sample = torch.randn(1, 3, 32, 32)
    for t in noise_scheduler.timesteps:
        sample = noise_scheduler.step(unet(sample, t).sample, t, sample).prev_sample
