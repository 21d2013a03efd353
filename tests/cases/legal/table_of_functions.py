"""A function taken from a table clears."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)


def clear():
    opt.zero_grad()


act = {"c": clear}
for x in y:
    act["c"]()
    loss = crit(model(x), 1)
    loss.backward()
    opt.step()
