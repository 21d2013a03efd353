"""A hook of the optimizer clears after each step."""

import torch

model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
opt.register_step_post_hook(lambda o, *a: o.zero_grad())
for x in y:
    loss = crit(model(x), 1)
    loss.backward()
    opt.step()
