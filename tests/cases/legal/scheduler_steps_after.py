"""Schedulers at the end of the epoch and behind each step; one of the two only while it warms up."""

from torch.optim import SGD
from torch.optim.lr_scheduler import LinearLR, StepLR


def train(model, loader, criterion, epochs):
    optimizer = SGD(model.parameters(), lr=0.1)
    warmup, decay = LinearLR(optimizer), StepLR(optimizer, step_size=30)
    for epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            if epoch == 0:
                warmup.step()
        decay.step()
