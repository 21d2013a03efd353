"""The loss is printed, epoch after epoch, and never propagated."""

import torch


def main(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(10):
        for data, target in loader:
            optimizer.zero_grad()
            output = model(data)
            loss = criterion(output, target)
            optimizer.step()  # LC104
        print(epoch, loss.item())
