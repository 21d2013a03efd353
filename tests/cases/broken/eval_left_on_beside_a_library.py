"""A validation in the middle of an epoch leaves eval() on; the library it gives the model to does not change that."""

import monai.inferers as inferers
import torch
from monai.inferers import sliding_window_inference
from torch import nn


def check(net, loader, metric):
    net.eval()
    with torch.no_grad():
        for batch in loader:
            output = sliding_window_inference(batch["image"], (32, 32), 4, net)
            output = inferers.sliding_window_inference(output, (32, 32), 4, predictor=net)
            metric(y_pred=output, y=batch["label"])
    return metric.aggregate().item()


def train(net, loader, val_loader, optimizer, criterion, metric, every):
    net.train()
    best = 0.0
    for i, batch in enumerate(loader):
        loss = criterion(net(batch["image"]), batch["label"])
        loss.backward()  # LC201
        optimizer.step()
        optimizer.zero_grad()
        if i % every == 0:
            best = max(best, check(net, val_loader, metric))
    return best


def main(loader, val_loader, metric):
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 2, 1))
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4)
    train(net, loader, val_loader, optimizer, nn.CrossEntropyLoss(), metric, 10)
