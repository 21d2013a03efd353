"""DeepSpeed's optimizer clears by itself when it steps."""

import deepspeed
import torch


def main(args, model, trainloader):
    adam = torch.optim.AdamW(model.parameters())
    engine, adam, _, _ = deepspeed.initialize(args=args, model=model, optimizer=adam)
    for inputs, labels in trainloader:
        loss = engine(inputs, labels)
        engine.backward(loss)
        adam.step()
