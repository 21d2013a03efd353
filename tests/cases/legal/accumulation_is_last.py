"""The last batch flushes what is left."""

from torch.nn.utils import clip_grad_norm_


def train_one_epoch(model, loader, optimizer, loss_fn, args):
    optimizer.zero_grad()
    last_idx = len(loader) - 1
    for batch_idx, (x, target) in enumerate(loader):
        is_last = batch_idx == last_idx
        need_update = is_last or (batch_idx + 1) % args.grad_accum_steps == 0
        loss = loss_fn(model(x), target)
        if args.grad_accum_steps > 1:
            loss /= args.grad_accum_steps
        loss.backward()
        if not need_update:
            continue
        clip_grad_norm_(model.parameters(), args.clip_grad)
        optimizer.step()
        optimizer.zero_grad()
