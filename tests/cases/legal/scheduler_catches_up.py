"""A resumed run: the scheduler catches up with the epochs that are done, without training."""

from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR


def train(model, loader, criterion, start_epoch, epochs):
    optimizer = SGD(model.parameters(), lr=0.1)
    scheduler = StepLR(optimizer, step_size=30)
    for _ in range(start_epoch):
        scheduler.step()
    for epoch in range(start_epoch, epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        scheduler.step()
