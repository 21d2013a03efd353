"""A list of optimizers, cleared and stepped in loops of their own."""

import torch


def train(model, loader, criterion):
    sparse = [p for n, p in model.named_parameters() if "embed" in n]
    dense = [p for n, p in model.named_parameters() if "embed" not in n]
    optimizers = [torch.optim.SparseAdam(sparse), torch.optim.Adam(dense)]
    for x, y in loader:
        for opt in optimizers:
            opt.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        for opt in optimizers:
            opt.step()
