"""nanoGPT: an inner loop over micro batches, zero_grad at the end of the outer one."""

import torch


def run(model, get_batch, max_iters, gradient_accumulation_steps, grad_clip):
    optimizer = torch.optim.AdamW(model.parameters(), lr=6e-4, betas=(0.9, 0.95))
    scaler = torch.amp.GradScaler("cuda", enabled=True)
    x, y = get_batch("train")
    iter_num = 0
    while True:
        for micro_step in range(gradient_accumulation_steps):
            with torch.autocast("cuda", dtype=torch.float16):
                logits, loss = model(x, y)
                loss = loss / gradient_accumulation_steps
            x, y = get_batch("train")
            scaler.scale(loss).backward()
        if grad_clip != 0.0:
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), grad_clip)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)
        iter_num += 1
        if iter_num > max_iters:
            break
