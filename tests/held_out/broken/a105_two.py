import torch
from torch import nn

torch.manual_seed(0)
enc, dec = nn.Linear(4, 2), nn.Linear(2, 4)
opt_enc = torch.optim.Adam(enc.parameters(), lr=1e-3)
opt_dec = torch.optim.Adam(dec.parameters(), lr=1e-3)
for i in range(80):
    x = torch.randn(8, 4)
    opt_enc.zero_grad()
    opt_dec.zero_grad()
    loss = nn.functional.mse_loss(dec(enc(x)), x)
    loss.backward()  # LC105
    opt_enc.step()
