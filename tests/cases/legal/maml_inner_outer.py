"""Meta-learning: the inner loop goes through autograd.grad, the outer one through the optimizer."""

import torch
from torch.func import functional_call


def train(model, tasks, loss_fn, inner_lr=0.01):
    meta_opt = torch.optim.Adam(model.parameters())
    for batch in tasks:
        meta_opt.zero_grad()
        for (xs, ys), (xq, yq) in batch:
            fast = dict(model.named_parameters())
            for _ in range(5):
                inner_loss = loss_fn(functional_call(model, fast, xs), ys)
                grads = torch.autograd.grad(inner_loss, tuple(fast.values()), create_graph=True)
                fast = {n: p - inner_lr * g for (n, p), g in zip(fast.items(), grads, strict=True)}
            outer_loss = loss_fn(functional_call(model, fast, xq), yq)
            outer_loss.backward()
        meta_opt.step()
