"""DeepSpeed: the engine propagates, steps and clears."""

import deepspeed
import torch


def main(args, model, trainloader):
    optimizer = torch.optim.AdamW(model.parameters())
    model_engine, optimizer, _, _ = deepspeed.initialize(args=args, model=model, optimizer=optimizer)
    for inputs, labels in trainloader:
        loss = model_engine(inputs, labels)
        model_engine.backward(loss)
        model_engine.step()
