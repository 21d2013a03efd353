"""The loop is in one function, the step in another."""

import torch


def update(model, optimizer, x, y):
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()  # LC101
    optimizer.step()


def main(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(10):
        for x, y in loader:
            update(model, optimizer, x, y)
        print(epoch)
