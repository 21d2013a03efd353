"""The data is made once; the forward pass and the loss are made anew in each round."""

import torch
import torch.nn.functional as F
from torch import nn

features, labels = torch.randn(8, 4), torch.randn(8, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    optimizer.zero_grad()
    loss = F.mse_loss(model(features), labels)
    loss.backward()
    optimizer.step()
