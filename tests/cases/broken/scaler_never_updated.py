"""The scaler steps where the loss was scaled, and is never updated."""

import torch


def train(model, loader, criterion, args):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    amp = torch.amp.GradScaler("cuda", enabled=args.amp)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        if args.amp:
            amp.scale(loss).backward()
            amp.step(optimizer)  # LC606
        else:
            loss.backward()
            optimizer.step()
