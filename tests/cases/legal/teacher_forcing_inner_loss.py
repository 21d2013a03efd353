"""The seq2seq tutorial: a loss summed over an inner loop, two optimizers, a return value."""

import torch


def train_step(src, target, encoder, decoder, encoder_optimizer, decoder_optimizer, criterion):
    encoder_hidden = encoder.init_hidden()
    encoder_optimizer.zero_grad()
    decoder_optimizer.zero_grad()
    loss = 0
    for token in src:
        _, encoder_hidden = encoder(token, encoder_hidden)
    decoder_hidden = encoder_hidden
    for token in target:
        output, decoder_hidden = decoder(token, decoder_hidden)
        loss += criterion(output, token)
    loss.backward()
    encoder_optimizer.step()
    decoder_optimizer.step()
    return loss.item() / len(target)


def train_iters(encoder, decoder, pairs):
    enc_opt = torch.optim.SGD(encoder.parameters(), lr=0.01)
    dec_opt = torch.optim.SGD(decoder.parameters(), lr=0.01)
    criterion = torch.nn.NLLLoss()
    for src, target in pairs:
        print(train_step(src, target, encoder, decoder, enc_opt, dec_opt, criterion))
