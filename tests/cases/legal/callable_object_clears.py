"""An object of this file that can be called clears."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)


class Z:
    def __call__(self):
        opt.zero_grad()


z = Z()
for x in y:
    z()
    loss = crit(model(x), 1)
    loss.backward()
    opt.step()
