"""Both losses are propagated before either optimizer steps, each after a clear of its own model."""

import torch


def train(generator, critic, loader):
    opt_g = torch.optim.Adam(generator.parameters())
    opt_c = torch.optim.Adam(critic.parameters())
    for real in loader:
        fake = generator(torch.randn(len(real), 8))
        generator.zero_grad()
        loss_g = -critic(fake).mean()
        loss_g.backward()
        critic.zero_grad()
        loss_c = critic(fake.detach()).mean() - critic(real).mean()
        loss_c.backward()
        opt_g.step()
        opt_c.step()
