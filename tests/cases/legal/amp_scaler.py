"""Mixed precision: scaler.scale(loss).backward() and scaler.step(optimizer)."""

import torch
from torch.amp import GradScaler, autocast
from tqdm import tqdm


def train(model, loader, criterion, epochs):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    scaler = GradScaler()
    for epoch in range(epochs):
        for images, labels in tqdm(loader, desc=f"epoch {epoch}"):
            optimizer.zero_grad(set_to_none=True)
            with autocast("cuda"):
                outputs = model(images)
                loss = criterion(outputs, labels)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
        scheduler.step()
