"""Values are fetched from the device in each iteration. (LC303 is off by default.)"""

import torch
from torch import nn


def train(model, loader, device):
    model = nn.Linear(4, 2).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    total = 0.0
    for step, (x, y) in enumerate(loader):
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        output = model(x)
        loss = criterion(output, y)
        loss.backward()
        optimizer.step()
        total += loss.item()  # LC303
        print(loss)  # LC303
        value = float(loss)  # LC303
        with torch.no_grad():
            seen = output.detach().cpu()  # LC303
        if step % 100 == 0:
            print(loss.item(), value, seen)
    return total
