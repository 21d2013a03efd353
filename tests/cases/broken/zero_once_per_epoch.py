"""Cleared once per epoch: the second batch already adds to used gradients."""

import torch
from tqdm import tqdm


def train(model, loader, criterion, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(epochs):
        optimizer.zero_grad()
        running_loss = 0.0
        for images, labels in tqdm(loader):
            outputs = model(images)
            loss = criterion(outputs, labels)
            loss.backward()  # LC101
            optimizer.step()
            running_loss += loss.item()
        print(epoch, running_loss)
