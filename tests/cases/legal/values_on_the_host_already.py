"""What is asked for its value each step lies on the host: data, numbers, lengths, a copy made before."""

import numpy as np
import torch.nn.functional as F


def train(model, loader, optimizer, device):
    for x, y, lengths in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        longest = lengths.max().item()
        print(longest, y.tolist(), x.numpy().mean(), x.size(0), loss.shape, f"{len(x)}", np.asarray(y).item())
        print(optimizer.param_groups[0]["lr"], f"{x.shape}", float(longest), model)
