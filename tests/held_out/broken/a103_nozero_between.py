import torch
from torch import nn

torch.manual_seed(0)
rnn = nn.LSTM(4, 8, batch_first=True)
proj = nn.Linear(8, 1)
params = list(rnn.parameters()) + list(proj.parameters())
optim = torch.optim.Adam(params, lr=1e-3)
for epoch in range(2):
    for b in range(40):
        seq = torch.randn(4, 6, 4)
        tgt = seq[:, -1, :1]
        out, (h, c) = rnn(seq)
        loss = nn.functional.mse_loss(proj(out[:, -1]), tgt)
        optim.step()  # LC103
        loss.backward()
        optim.zero_grad()
