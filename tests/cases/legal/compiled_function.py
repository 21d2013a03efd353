"""A compiled function of this file runs the backward."""

import torch

opt = torch.optim.Adam(model.parameters())


def fwd_bwd(x, y):
    loss = crit(model(x), y)
    loss.backward()
    return loss


@torch.compile(fullgraph=False)
def opt_step():
    opt.step()


compiled = torch.compile(fwd_bwd)
for x, y in dl:
    opt.zero_grad(set_to_none=True)
    loss = compiled(x, y)
    opt_step()
