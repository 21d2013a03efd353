"""The Noam optimizer: an in-file wrapper whose step() sets the rate and steps."""

import torch


class NoamOpt:
    def __init__(self, model_size, factor, warmup, optimizer):
        self.optimizer = optimizer
        self._step = 0
        self.warmup, self.factor, self.model_size = warmup, factor, model_size

    def rate(self):
        return self.factor * self.model_size**-0.5 * min(self._step**-0.5, self._step * self.warmup**-1.5)

    def step(self):
        self._step += 1
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        self.optimizer.step()

    def zero_grad(self):
        self.optimizer.zero_grad()


def run(model, data_iter, criterion):
    optimizer = NoamOpt(512, 2, 4000, torch.optim.Adam(model.parameters(), lr=0, betas=(0.9, 0.98), eps=1e-9))
    for batch in data_iter:
        out = model(batch.src, batch.trg)
        loss = criterion(out, batch.trg_y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
