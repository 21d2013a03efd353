"""Images and style targets: one optimizer over the transformer, several summands."""

import torch
from torch.optim import Adam


def train(args, transformer, vgg, loader, style_targets):
    optimizer = Adam(transformer.parameters(), args.lr)
    mse_loss = torch.nn.MSELoss()
    for e in range(args.epochs):
        transformer.train()
        agg_content_loss = 0.0
        for batch_id, (x, _) in enumerate(loader):
            optimizer.zero_grad()
            y = transformer(x)
            content_loss = args.content_weight * mse_loss(vgg(y), vgg(x))
            style_loss = 0.0
            for target in style_targets:
                style_loss += mse_loss(vgg(y), target)
            style_loss *= args.style_weight
            total_loss = content_loss + style_loss
            total_loss.backward()
            optimizer.step()
            agg_content_loss += content_loss.item()
            print(e, batch_id, agg_content_loss)
