"""Distributed autograd: the gradients lie in a context, and the worker that owns the parameters steps."""

import torch
import torch.distributed.autograd as dist_autograd
from torch.distributed import rpc


def train(model, loader, criterion, remote_update):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        with dist_autograd.context() as context_id:
            loss = criterion(model(x), y)
            dist_autograd.backward(context_id, [loss])
            rpc.rpc_sync("owner", remote_update, args=(context_id,))
