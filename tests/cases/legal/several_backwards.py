"""Several losses, propagated one by one, one step."""

import torch


def train(backbone, heads, loader, loss_fn):
    optimizer = torch.optim.Adam([*backbone.parameters(), *(p for h in heads for p in h.parameters())])
    for x, targets in loader:
        optimizer.zero_grad()
        features = backbone(x)
        for i, (head, target) in enumerate(zip(heads, targets, strict=True)):
            loss = loss_fn(head(features), target)
            loss.backward(retain_graph=i < len(heads) - 1)
        optimizer.step()
