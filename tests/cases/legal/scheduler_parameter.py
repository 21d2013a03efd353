"""Schedulers as parameters, one stepped per batch and one per epoch, some twice in a row."""


def train(model, loader, criterion, optimizer, warmup_opt_scheduler, opt_sched):
    for _ in range(10):
        for x, y in loader:
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            warmup_opt_scheduler.step()
        opt_sched.step()
        opt_sched.step()
