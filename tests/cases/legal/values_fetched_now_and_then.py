"""Values that are copied to the host, but not in each training step."""

import torch
import torch.nn.functional as F
from torch import nn


def every_hundred_steps(model, loader, optimizer, device):
    total = torch.zeros((), device=device)
    for step, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        total += loss.detach()
        if step % 100 == 0:
            print(step, loss.item(), f"{loss:.3f}", float(loss), loss)
    return total.item()


def with_continue(model, loader, optimizer, device):
    for step, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        if step % 100:
            continue
        print(loss.item())


def log(step, loss):
    if step % 100:
        return
    print(loss.item())


def in_a_helper(model, loader, optimizer, device):
    for step, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        log(step, loss)


def once_per_epoch(loader, device):
    model = nn.Linear(4, 1).to(device)
    optimizer = torch.optim.Adam(model.parameters())
    for epoch in range(10):
        total = torch.zeros((), device=device)
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
            total += loss.detach()
        print(epoch, total.item(), loss.item())


def while_it_evaluates(model, train_loader, loader, optimizer, device):
    for x, y in train_loader:
        optimizer.zero_grad()
        F.mse_loss(model(x.to(device)), y.to(device)).backward()
        optimizer.step()
    model.eval()
    total = 0.0
    with torch.no_grad():
        for x, y in loader:
            total += F.mse_loss(model(x.to(device)), y.to(device)).item()
    return total


def by_choice(model, loader, optimizer, device, verbose):
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        if verbose:
            print(loss.item())
        shown = loss.item() if verbose else None
        print(shown)


def only_where_it_fails(model, loader, optimizer, device):
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x.to(device)), y.to(device))
        try:
            loss.backward()
        except RuntimeError:
            print(loss.item())
            raise
        optimizer.step()
