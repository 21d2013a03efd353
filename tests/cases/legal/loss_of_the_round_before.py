"""Each loss is propagated one round after it was made, and once."""

import torch.nn.functional as F


def train(model, loader, optimizer):
    before = None
    for x, y in loader:
        loss = F.mse_loss(model(x), y)
        if before is not None:
            optimizer.zero_grad()
            before.backward()
            optimizer.step()
        before = loss
