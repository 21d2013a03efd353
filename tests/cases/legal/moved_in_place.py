"""Modules, and batch objects that move themselves, are moved by a statement."""


def train(model, loader, optimizer, device):
    model.to(device)
    model.cuda()
    for batch in loader:
        batch.to(device)
        optimizer.zero_grad()
        loss = model(batch).mean()
        loss.backward()
        optimizer.step()
