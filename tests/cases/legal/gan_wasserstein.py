"""WGAN-GP: several critic steps per generator step, gradient penalty through autograd.grad."""

import torch


def gradient_penalty(critic, real, fake):
    mix = (0.5 * real + 0.5 * fake).requires_grad_(True)
    scores = critic(mix)
    grads = torch.autograd.grad(scores.sum(), mix, create_graph=True, retain_graph=True)[0]
    return ((grads.norm(2, dim=1) - 1) ** 2).mean()


def train(critic, generator, loader, n_critic=5):
    opt_c = torch.optim.Adam(critic.parameters(), lr=1e-4)
    opt_g = torch.optim.Adam(generator.parameters(), lr=1e-4)
    for i, real in enumerate(loader):
        opt_c.zero_grad()
        fake = generator(torch.randn(len(real), 8)).detach()
        loss_c = critic(fake).mean() - critic(real).mean() + 10 * gradient_penalty(critic, real, fake)
        loss_c.backward()
        opt_c.step()
        if i % n_critic == 0:
            opt_g.zero_grad()
            loss_g = -critic(generator(torch.randn(len(real), 8))).mean()
            loss_g.backward()
            opt_g.step()
