"""An asynchronous loader."""

import torch


async def train(model, queue, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    async for x, y in queue:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
