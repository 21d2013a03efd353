"""The update is written by hand; the optimizer only came along."""

import copy

import torch


def reptile(model, tasks):
    for it in range(1000):
        weights_before = copy.deepcopy(model.state_dict())
        opt = torch.optim.SGD(model.parameters(), lr=0.02)
        for x, y in tasks.sample():
            model.zero_grad()
            loss = (model(x) - y).pow(2).mean()
            loss.backward()
            for param in model.parameters():
                param.data -= 0.02 * param.grad.data
        after = model.state_dict()
        model.load_state_dict({k: weights_before[k] + (after[k] - weights_before[k]) * 0.1 for k in after})
