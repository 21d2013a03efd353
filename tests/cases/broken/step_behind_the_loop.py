"""step() slipped out of the loop: of each epoch only the last batch counts."""

import torch


def train(model, loader, criterion, epochs):
    optimizer = torch.optim.Adam(model.parameters())
    for epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()  # LC102
            loss = criterion(model(x), y)
            loss.backward()
        optimizer.step()


def tidy(model, loader, criterion, epochs):
    optimizer = torch.optim.Adam(model.parameters())
    for epoch in range(epochs):
        for x, y in loader:
            loss = criterion(model(x), y)
            optimizer.zero_grad()  # LC102
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        print(epoch, loss.item())
