"""The gradients of one loss are clipped before those of the other are added: on purpose."""

import torch


def train(model, loader, criterion, auxiliary):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        output = model(x)
        loss = criterion(output, y)
        extra_loss = auxiliary(output)
        extra_loss.backward(retain_graph=True)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        loss.backward()
        optimizer.step()
