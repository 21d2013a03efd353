"""Lengths for packed sequences stay where they are; a part may be moved under a condition."""

import torch.nn.functional as F


def train(model, loader, optimizer, device, use_gpu):
    model.to(device)
    for text, lengths, label in loader:
        text, label = text.to(device), label.to(device)
        optimizer.zero_grad()
        F.cross_entropy(model(text, lengths), label).backward()
        optimizer.step()
    for x, y in loader:
        if use_gpu:
            x, y = x.cuda(), y.cuda()
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
