"""The optimizer steps in a hook, parameter by parameter."""

import torch


def main(model, loader, loss_fn):
    optimizers = {p: torch.optim.AdamW([p], lr=1e-3) for p in model.parameters()}

    def hook(parameter):
        optimizers[parameter].step()
        optimizers[parameter].zero_grad()

    for p in model.parameters():
        p.register_post_accumulate_grad_hook(hook)
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
