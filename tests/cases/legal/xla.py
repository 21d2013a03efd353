"""torch_xla: the step is a function of its own."""

import torch
import torch_xla.core.xla_model as xm


def train_loop_fn(model, loader, loss_fn, flags):
    optimizer = torch.optim.SGD(model.parameters(), lr=flags.lr, momentum=flags.momentum)
    model.train()
    for step, (data, target) in enumerate(loader):
        optimizer.zero_grad()
        output = model(data)
        loss = loss_fn(output, target)
        loss.backward()
        xm.optimizer_step(optimizer)
