"""The batch is left out before anything was propagated; zero_grad comes last."""

import torch


def train(model, loader, criterion, max_norm):
    optimizer = torch.optim.Adam(model.parameters())
    for batch in loader:
        if batch is None:
            continue
        loss = criterion(model(batch))
        if loss.isnan():
            break
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        if norm > 100:
            optimizer.zero_grad()
            continue
        optimizer.step()
        optimizer.zero_grad()
