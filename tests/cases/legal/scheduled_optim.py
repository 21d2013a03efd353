"""ScheduledOptim: step_and_update_lr() in the same file."""

import torch


class ScheduledOptim:
    def __init__(self, optimizer, d_model, n_warmup_steps):
        self._optimizer = optimizer
        self.n_warmup_steps, self.d_model, self.n_steps = n_warmup_steps, d_model, 0

    def step_and_update_lr(self):
        self._update_learning_rate()
        self._optimizer.step()

    def zero_grad(self):
        self._optimizer.zero_grad()

    def _update_learning_rate(self):
        self.n_steps += 1
        for group in self._optimizer.param_groups:
            group["lr"] = self.d_model**-0.5 * self.n_steps**-0.5


def train(model, loader, cal_loss):
    optimizer = ScheduledOptim(torch.optim.Adam(model.parameters()), 512, 4000)
    for src, trg in loader:
        optimizer.zero_grad()
        pred = model(src, trg)
        loss = cal_loss(pred, trg)
        loss.backward()
        optimizer.step_and_update_lr()
