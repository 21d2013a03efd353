"""while the loss is large: a loop over one batch."""

import torch

net = torch.nn.Linear(4, 1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loss = torch.tensor(float("inf"))
while loss.item() > 1e-3:
    optimizer.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
