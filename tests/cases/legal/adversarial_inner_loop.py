"""The gradient of the input is cleared by hand."""

import torch

opt = torch.optim.SGD(m.parameters(), lr=0.1)
for x, y in dl:
    for adv in range(3):
        loss = crit(m(x + delta), y)
        loss.backward()
        delta.data += delta.grad.sign()
        delta.grad.zero_()
        opt.step()
        opt.zero_grad()
