"""Linear layers only, and nobody calls train() or eval(): there is no mode to speak of."""

import torch
import torch.nn.functional as F
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters())
batches = [(torch.randn(2, 4), torch.randn(2, 1))]
for epoch in range(3):
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for x, y in batches:
            print(F.mse_loss(model(x), y).item())
