"""The schedule per batch moves on between backward and step."""

import torch
from transformers import get_cosine_schedule_with_warmup


def main(model, loader, criterion, accelerator):
    optimizer = torch.optim.AdamW(model.parameters())
    schedule = get_cosine_schedule_with_warmup(optimizer=optimizer, num_warmup_steps=10, num_training_steps=100)
    model, optimizer, schedule = accelerator.prepare(model, optimizer, schedule)
    for i, (x, y) in enumerate(loader):
        loss = criterion(model(x), y)
        accelerator.backward(loss)
        if i % 4 == 0:
            schedule.step()  # LC601
            optimizer.step()
            optimizer.zero_grad()
