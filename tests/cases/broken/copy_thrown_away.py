"""to() of a tensor as a statement."""

import torch.nn.functional as F


def train(model, loader, optimizer, device):
    for x, y in loader:
        optimizer.zero_grad()
        output = model(x)
        output.to(device)  # LC302
        loss = F.cross_entropy(output, y)
        loss.backward()
        optimizer.step()
