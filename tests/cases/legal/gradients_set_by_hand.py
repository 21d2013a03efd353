"""Gradients come from elsewhere: there is no backward at all."""

import torch


def evolve(model, batches, population=50, sigma=0.1):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for batch in batches:
        optimizer.zero_grad()
        for p in model.parameters():
            noise = torch.randn(population, *p.shape)
            loss = torch.stack([fitness(model, batch, n) for n in noise])
            p.grad = -(loss.view(-1, *[1] * p.dim()) * noise).mean(0) / sigma
        optimizer.step()


def fitness(model, batch, noise):
    with torch.no_grad():
        return -model(batch + noise.mean()).square().mean()
