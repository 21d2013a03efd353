"""A script without functions."""

import torch
from torch import nn, optim

net = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.003)
trainloader = [(torch.randn(64, 784), torch.randint(10, (64,)))] * 20

for e in range(5):
    running_loss = 0
    for images, labels in trainloader:
        output = net(images)
        loss = criterion(output, labels)
        loss.backward()  # LC101
        optimizer.step()
        running_loss += loss.item()
    else:
        print(f"Training loss: {running_loss / len(trainloader)}")
