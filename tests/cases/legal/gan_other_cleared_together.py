"""Both are cleared at the head, both losses are propagated, both step at the end."""

import torch


def train(encoder, decoder, loader):
    enc_opt = torch.optim.Adam(encoder.parameters())
    dec_opt = torch.optim.Adam(decoder.parameters())
    for x in loader:
        enc_opt.zero_grad()
        dec_opt.zero_grad()
        loss = (decoder(encoder(x)) - x).pow(2).mean()
        loss.backward()
        enc_opt.step()
        dec_opt.step()
