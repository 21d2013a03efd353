"""step() and zero_grad() of an optimizer are called through other names."""

from functools import partial

import torch


def plain(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    zero, step = opt.zero_grad, opt.step
    for x, y in loader:
        zero()
        criterion(model(x), y).backward()
        step()


def compiled(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    opt_step = torch.compile(opt.step)
    clear = partial(opt.zero_grad, set_to_none=True)
    for x, y in loader:
        criterion(model(x), y).backward()
        opt_step()
        clear()


def listed(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.StepLR(opt, 1)
    steps = [opt.step, schedule.step]
    for x, y in loader:
        opt.zero_grad()
        criterion(model(x), y).backward()
        for one in steps:
            one()


def chosen(model, loader, criterion, scaled_step=None):
    opt = torch.optim.Adam(model.parameters())
    update = scaled_step if scaled_step is not None else opt.step
    for x, y in loader:
        opt.zero_grad()
        criterion(model(x), y).backward()
        update()


class Trainer:
    def __init__(self, model, criterion):
        self.model, self.criterion = model, criterion
        self.opt = torch.optim.Adam(model.parameters())
        self.update = torch.compile(self.opt.step)

    def fit(self, loader):
        for x, y in loader:
            self.opt.zero_grad()
            self.criterion(self.model(x), y).backward()
            self.update()
