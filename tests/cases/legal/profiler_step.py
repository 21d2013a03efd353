"""profiler.step() and tracker.step() after each iteration."""

import torch


def train(model, loader, criterion, optimizer, tracker):
    schedule = torch.profiler.schedule(wait=1, warmup=1, active=3)
    with torch.profiler.profile(schedule=schedule) as prof:
        for x, y in loader:
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            prof.step()
            tracker.step()
            tracker.step()
