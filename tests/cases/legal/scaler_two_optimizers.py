"""One scaler, two optimizers: it is updated once, after both steps."""

import torch


def train(encoder, decoder, loader, criterion):
    first = torch.optim.SGD(encoder.parameters(), lr=0.1)
    second = torch.optim.SGD(decoder.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cuda")
    for x, y in loader:
        first.zero_grad()
        second.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        scaler.scale(loss).backward()
        scaler.step(first)
        scaler.step(second)
        scaler.update()
