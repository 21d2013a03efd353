"""The gradients are cleared at the head of each group and stepped at its end."""


def train(model, optimizer, criterion, loader, n_accum):
    for i, batch in enumerate(loader):
        if i % n_accum == 0:
            optimizer.zero_grad()
        loss = criterion(model(batch["x"]), batch["y"])
        loss.backward()
        if i % n_accum == n_accum - 1:
            optimizer.step()
