"""Things that have an append() and are no lists: what becomes of the graph is their own affair. And short lists."""

from collections import deque

import torch.nn.functional as F
from elsewhere import CumulativeMean, History


def with_a_meter(model, loader, optimizer):
    running = CumulativeMean()
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        running.append(loss)
    return running.aggregate()


def with_several(model, loader, optimizer, epochs):
    history, recent = History(keep=3), deque(maxlen=20)
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            history.append(loss, count=len(x))
            recent.append(loss)


class Trainer:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer
        self.seen = CumulativeMean()

    def fit(self, loader):
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            self.seen.append(loss)


def given_one(model, loader, optimizer, loss_meter):
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        loss_meter.append(loss)


def only_the_first_few(model, loader, optimizer):
    first, best = [], None
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        if len(first) < 5:
            first.append(loss)
        if i == 0 and best is None:
            first.append(loss)
    return first
