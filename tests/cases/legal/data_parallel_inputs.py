"""DataParallel moves its inputs itself; a prepared loader gives batches that were moved."""

import torch
import torch.nn.functional as F
from torch import nn


def train(network, loader, optimizer):
    model = nn.DataParallel(network).cuda()
    for x, y in loader:
        y = y.cuda()
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def prepared(accelerator, model, optimizer, dataset):
    loader = torch.utils.data.DataLoader(dataset)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    for x, y in loader:
        optimizer.zero_grad()
        accelerator.backward(F.cross_entropy(model(x), y))
        optimizer.step()
