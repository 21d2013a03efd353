"""Wasserstein: the critic's weights are clipped after the step, its gradients are not."""

import torch


def train(critic, loader, clip_value=0.01):
    optimizer = torch.optim.RMSprop(critic.parameters(), lr=5e-5)
    for real, fake in loader:
        optimizer.zero_grad()
        loss = critic(fake).mean() - critic(real).mean()
        loss.backward()
        optimizer.step()
        for p in critic.parameters():
            p.data.clamp_(-clip_value, clip_value)
