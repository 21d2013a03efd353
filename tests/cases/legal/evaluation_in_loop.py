"""A validation with a loss of its own, between two epochs."""

import torch


def evaluate(model, loader, criterion):
    model.eval()
    val_loss = 0.0
    with torch.no_grad():
        for x, y in loader:
            val_loss += criterion(model(x), y).item()
    return val_loss / len(loader)


def train(epoch, model, loader, criterion, optimizer):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()


def main(model, train_loader, val_loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    best = float("inf")
    for epoch in range(20):
        train(epoch, model, train_loader, criterion, optimizer)
        val_loss = evaluate(model, val_loader, criterion)
        if val_loss < best:
            best = val_loss
            torch.save(model.state_dict(), "best.pt")
