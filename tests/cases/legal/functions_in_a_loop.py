"""Each task is a function of this file that runs a backward; a loop calls them all."""

import torch


def reconstruct(model, batch):
    (model(batch) - batch).pow(2).mean().backward()


def contrast(model, batch):
    model(batch).sum().backward()


TASKS = {"reconstruct": reconstruct, "contrast": contrast}


def written_out(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    for batch in loader:
        opt.zero_grad()
        for task in (reconstruct, contrast):
            task(model, batch)
        loss = criterion(model(batch), batch)
        print(loss.item())
        opt.step()


def from_a_table(model, loader, criterion):
    opt = torch.optim.Adam(model.parameters())
    for batch in loader:
        opt.zero_grad()
        for name, task in TASKS.items():
            task(model, batch)
        loss = criterion(model(batch), batch)
        print(loss.item())
        opt.step()
