"""Gradients are cleared by a foreach operation."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for x in y:
    loss = crit(model(x), 1)
    loss.backward()
    opt.step()
    torch._foreach_zero_([p.grad for p in model.parameters()])
