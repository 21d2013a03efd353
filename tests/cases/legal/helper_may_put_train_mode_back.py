"""A helper of another file is given the model while it is in eval mode: it may well end with train()."""

import toolbox
import torch
from helpers import evaluate_all, run_inference
from torch import nn


def train(net, loader, val_loader, optimizer, criterion):
    net.train()
    for i, (x, y) in enumerate(loader):
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if i % 10 == 0:
            net.eval()
            evaluate_all(net, val_loader)
        if i % 15 == 0:
            net.eval()
            run_inference(net, val_loader)
        if i % 20 == 0:
            net.eval()
            toolbox.validate(net, val_loader)


net = nn.Sequential(nn.Linear(4, 4), nn.Dropout())
train(net, loader, val_loader, torch.optim.SGD(net.parameters(), lr=0.1), nn.CrossEntropyLoss())
