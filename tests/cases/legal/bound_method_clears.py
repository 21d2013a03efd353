"""zero_grad is called under another name."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
zero = opt.zero_grad
step = opt.step
for x in y:
    zero()
    loss = crit(model(x), 1)
    loss.backward()
    opt.step()
