"""Gradients are collected, cleared, combined and put back by helpers that are given the model."""

import torch
from multitask import combine, flatten_gradients, overwrite


def train(net, opt, loader, tasks, criterion):
    for x, y in loader:
        collected = []
        for task in tasks:
            opt.zero_grad()
            loss = criterion(net(x, task), y)
            loss.backward()
            collected.append(flatten_gradients(net))
        opt.zero_grad()
        overwrite(net, combine(collected))
        opt.step()


def by_method(model, loader, criterion):
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        flat = model.flat_gradients()
        opt.zero_grad()
        model.load_flat(combine(flat))
        opt.step()


def projected(model, loader, criterion, gradients):
    opt = torch.optim.Adam(model.parameters())
    for x, tasks in loader:
        for i, y in enumerate(tasks):
            opt.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            gradients[i] = torch.cat([p.grad.flatten() for p in model.parameters()])
        overwrite(model, gradients.mean(0))
        opt.step()
