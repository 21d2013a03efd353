"""timm and MAE: loss_scaler(loss, optimizer, ...) propagates and steps."""

import sys

import torch
from util.misc import NativeScalerWithGradNormCount


def train_one_epoch(model, data_loader, optimizer, device, args):
    loss_scaler = NativeScalerWithGradNormCount()
    optimizer.zero_grad()
    for step, (samples, _) in enumerate(data_loader):
        samples = samples.to(device, non_blocking=True)
        with torch.amp.autocast("cuda"):
            loss, _, _ = model(samples, mask_ratio=args.mask_ratio)
        loss_value = loss.item()
        if not torch.isfinite(torch.tensor(loss_value)):
            sys.exit(1)
        loss = loss / args.accum_iter
        loss_scaler(loss, optimizer, parameters=model.parameters(), update_grad=(step + 1) % args.accum_iter == 0)
        if (step + 1) % args.accum_iter == 0:
            optimizer.zero_grad()
