"""Events inside with blocks: autocast, record_function, anomaly detection."""

import torch
from torch.profiler import ProfilerActivity, profile, record_function


def train(model, loader, criterion):
    optimizer = torch.optim.Adam(model.parameters())
    with profile(activities=[ProfilerActivity.CPU]) as profiler, torch.autograd.detect_anomaly():
        for x, y in loader:
            with record_function("forward"):
                loss = criterion(model(x), y)
            with record_function("backward"):
                optimizer.zero_grad()
                loss.backward()
            with record_function("optimizer"):
                optimizer.step()
            profiler.step()
