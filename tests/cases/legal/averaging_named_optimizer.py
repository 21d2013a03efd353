"""Averaging and profiling under names that also say optimizer."""


def train(model, loader, criterion, optimizer, ema_optimizer, profiler_opt):
    for x, y in loader:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema_optimizer.step()
        profiler_opt.step()
