import torch
from torch import nn

torch.manual_seed(0)
G, D = nn.Linear(4, 2), nn.Linear(2, 1)
og, od = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
bce = nn.BCEWithLogitsLoss()
scaler = torch.amp.GradScaler("cpu", init_scale=16.0)
one, zero = torch.ones(8, 1), torch.zeros(8, 1)
for i in range(60):
    od.zero_grad()
    fake = G(torch.randn(8, 4))
    d_loss = bce(D(torch.randn(8, 2)), one) + bce(D(fake.detach()), zero)
    scaler.scale(d_loss).backward()
    scaler.step(od)
    og.zero_grad()
    g_loss = bce(D(fake), one)
    scaler.scale(g_loss).backward()
    og.step()  # LC607
    scaler.update()
