"""A context manager of this file clears on entry."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)


class Clean:
    def __enter__(self):
        opt.zero_grad()

    def __exit__(self, *a):
        pass


for x in y:
    with Clean():
        loss = crit(model(x), 1)
        loss.backward()
        opt.step()
