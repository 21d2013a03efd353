"""Distributed autograd: gradients live in a context and need no clearing."""

import torch
import torch.distributed.autograd as dist_autograd
from torch.distributed.optim import DistributedOptimizer


def run_trainer(model, criterion, batches):
    opt = DistributedOptimizer(torch.optim.SGD, model.parameter_rrefs(), lr=0.05)
    for data, target in batches:
        with dist_autograd.context() as context_id:
            loss = criterion(model(data), target)
            dist_autograd.backward(context_id, [loss])
            opt.step(context_id)
