"""Gradients are cleared by setattr."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for x in y:
    loss = crit(model(x), 1)
    loss.backward()
    opt.step()
    for p in model.parameters():
        setattr(p, "grad", None)
