"""A decorator of this file clears around the function."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)


def clears(f):
    def w(*a):
        opt.zero_grad()
        return f(*a)

    return w


@clears
def one(x):
    loss = crit(model(x), 1)
    loss.backward()
    opt.step()


for x in y:
    one(x)
