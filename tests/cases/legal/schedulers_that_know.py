"""Schedulers that are told an epoch or a metric, moved forward after a resume, or come last."""

import torch
import torch.nn.functional as F


def train(model, loader, optimizer, plateau, warm_up, start):
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
    for _ in range(start):
        scheduler.step()
    for epoch in range(start, 10):
        warm_up.step(epoch)
        for number, (x, y) in enumerate(loader):
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            if number % 4 == 3:
                optimizer.step()
                optimizer.zero_grad()
        scheduler.step()
        plateau.step(loss.item())
