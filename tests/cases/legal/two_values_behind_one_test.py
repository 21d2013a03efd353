"""Two values change behind one test; each has its own graph, and each graph is gone through once."""

import torch
from torch import nn

first, second = nn.Linear(2, 2), nn.Linear(2, 2)
optimizer = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.1)
for x in [torch.randn(3, 2) for _ in range(3)]:
    one, other = first(x), second(x)
    if one.isnan().any() or other.isnan().any():
        one = first(torch.zeros_like(x))
        other = second(torch.zeros_like(x))
    optimizer.zero_grad()
    torch.norm(one).backward()
    torch.norm(other).backward()
    optimizer.step()


def compare(x, masked):
    if masked:
        left, right = first(x.relu()), second(x.relu())
    else:
        left, right = first(x), second(x)
    for loss in (left.mean(), right.mean()):
        print(loss.item())
    left_loss, right_loss = left.mean(), right.mean()
    left_loss.backward()
    right_loss.backward()


for i in range(2):
    compare(torch.randn(3, 2), masked=i > 0)
