"""Schedulers that say how they change the rate instead of what they are."""


def train(model, loader, criterion, optimizer, opt_plateau, optim_cosine, optimizer_warm_up):
    for _ in range(10):
        for x, y in loader:
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            optimizer_warm_up.step()
            optim_cosine.step()
        opt_plateau.step(loss.item())
        opt_plateau.step(loss.item())
