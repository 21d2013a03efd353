"""One backward, two optimizers step: neither steps twice."""

import torch


def train(model, embed, loader, loss_fn):
    opt_model = torch.optim.Adam(model.parameters())
    opt_embed = torch.optim.SparseAdam(embed.parameters())
    for x, y in loader:
        loss = loss_fn(model(embed(x)), y)
        opt_model.zero_grad()
        opt_embed.zero_grad()
        loss.backward()
        opt_embed.step()
        opt_model.step()
