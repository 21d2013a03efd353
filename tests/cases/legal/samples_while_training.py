"""Images for the eye are made in train mode; nothing is measured."""

import torch


def train(generator, critic, loader, optimizer, save):
    generator.train()
    noise = torch.randn(8, 16)
    for real in loader:
        optimizer.zero_grad()
        loss = -critic(generator(torch.randn(8, 16))).mean()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            save(generator(noise))
