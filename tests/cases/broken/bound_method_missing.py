"""A compiled step() with no zero_grad(), and one whose parentheses were forgotten."""

import torch


def compiled(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    update = torch.compile(opt.step)
    for x, y in loader:
        criterion(model(x), y).backward()  # LC101
        update()


def no_parentheses(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    for x, y in loader:
        opt.zero_grad()
        criterion(model(x), y).backward()  # LC105
        opt.step
