"""Objects of other libraries that run the backward: the loss is what they are given."""

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from helpers import Foo, Helper, make


def with_a_helper(model, loader):
    my = Helper()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        my.backward(loss)
        optimizer.step()


def with_a_short_name(model, loader):
    acc = Accelerator()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        output = F.mse_loss(model(x), y)
        acc.backward(output)
        optimizer.step()


def with_an_expression(model, loader):
    mgr = Foo(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        mgr.backward(F.mse_loss(model(x), y))
        optimizer.step()


def made_elsewhere(model, loader):
    h = make(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        total_loss = F.mse_loss(model(x), y) + model(x).abs().mean()
        h.backward(total_loss)
        optimizer.step()
