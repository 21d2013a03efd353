"""A clear in finally runs on the way out of a return, too."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)


def one(x):
    try:
        loss = crit(model(x), 1)
        loss.backward()
        opt.step()
        return loss.item()
    finally:
        opt.zero_grad()


for x in y:
    one(x)
