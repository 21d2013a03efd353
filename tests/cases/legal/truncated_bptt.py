"""An RNN whose hidden state is detached between chunks."""

import torch


def train(rnn, corpus, criterion, bptt=35):
    optimizer = torch.optim.Adam(rnn.parameters())
    hidden = rnn.init_hidden(20)
    for i in range(0, len(corpus) - 1, bptt):
        data, targets = corpus[i : i + bptt], corpus[i + 1 : i + 1 + bptt]
        hidden = tuple(h.detach() for h in hidden)
        rnn.zero_grad()
        output, hidden = rnn(data, hidden)
        loss = criterion(output, targets)
        loss.backward()
        optimizer.step()
