"""An evaluation that builds graphs and adds them up, only to print the sum: none of them is ever used."""

import torch
from torch import nn


def main(train_loader, test_loader):
    model = nn.Linear(4, 2)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    total, again = 0, 0
    for x, y in test_loader:
        test_loss = criterion(model(x), y)
        total += test_loss  # LC401
        again = again + criterion(model(x), y)  # LC401
    mean = total / len(test_loader)
    print(f"{mean:.3f}", again.item())
