"""One backward makes .grad; from then on the averaged gradients of the workers are copied into it."""

import torch


def serve(model, criterion, first, connection, rounds):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion(model(first)).backward()
    for _ in range(rounds):
        averaged = connection.receive()
        for p, g in zip(model.parameters(), averaged, strict=True):
            p.grad.copy_(g)
        optimizer.step()
