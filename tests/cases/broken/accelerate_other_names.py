"""prepare() gives back what it was given, in the same order, whatever the names."""

import torch
from accelerate import Accelerator


def main(net, data):
    accelerator = Accelerator()
    adam = torch.optim.AdamW(net.parameters())
    net, updater, data = accelerator.prepare(net, adam, data)
    for batch in data:
        loss = net(batch).mean()
        accelerator.backward(loss)  # LC101
        updater.step()
