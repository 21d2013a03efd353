"""An array that nobody takes, left over from an interactive session: idle, but no tensor was meant to be moved."""

import torch
import torch.nn.functional as F
from torch import nn

net = nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for x, y in [(torch.randn(3, 2), torch.randn(3, 1)) for _ in range(3)]:
    output = net(x)
    loss = F.mse_loss(output, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    output.detach().numpy()
    loss.detach().cpu().numpy()
    output.tolist()
