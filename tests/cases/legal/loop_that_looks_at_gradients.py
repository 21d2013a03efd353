"""A loop clears and propagates without a step: for what lies in .grad each time, until it is fine, or to warm up."""

import torch


def fisher(model, loader, criterion, information):
    opt = torch.optim.Adam(model.parameters())
    for x, y in loader:
        opt.zero_grad()
        criterion(model(x), y).backward()
        for name, p in model.named_parameters():
            information[name] += p.grad.detach() ** 2
    opt.step()


def tried_again(model, x, y, criterion, epochs):
    opt = torch.optim.Adam(model.parameters())
    for _ in range(epochs):
        for attempt in range(5):
            opt.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            if torch.isfinite(loss):
                break
        opt.step()


def warmed_up(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    for x, y in loader:
        opt.zero_grad()
        criterion(model(x), y).backward()
    for x, y in loader:
        opt.zero_grad()
        criterion(model(x), y).backward()
        opt.step()


def skipped_when_bad(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    for x, y in loader:
        opt.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        if not torch.isfinite(loss):
            continue
        opt.step()


def closure_twice(model, x, y, criterion):
    opt = torch.optim.LBFGS(model.parameters())

    def closure():
        opt.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    for _ in range(100):
        print(closure().item())
        opt.step(closure)


def memory_allocated_first(model, sizes, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    for n in sizes:
        criterion(model(torch.randn(n)), n).backward()
        opt.zero_grad()
    for i, (x, y) in enumerate(loader):
        criterion(model(x), y).backward()
        if (i + 1) % 4 == 0:
            opt.step()
            opt.zero_grad()


def leftover_of_an_epoch(model, loader, criterion, every, epochs):
    opt = torch.optim.Adam(model.parameters())
    for epoch in range(epochs):
        opt.zero_grad()
        for i, (x, y) in enumerate(loader):
            criterion(model(x), y).backward()
            if (i + 1) % every == 0:
                opt.step()
                opt.zero_grad()
