import torch
from torch import nn

torch.manual_seed(0)
G, D = nn.Linear(4, 2), nn.Linear(2, 1)
og, od = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
bce = nn.BCEWithLogitsLoss()
one, zero = torch.ones(8, 1), torch.zeros(8, 1)
samples = []
for i in range(80):
    od.zero_grad()
    fake = G(torch.randn(8, 4))
    d_loss = bce(D(torch.randn(8, 2)), one) + bce(D(fake.detach()), zero)
    d_loss.backward()
    od.step()
    og.zero_grad()
    g_loss = bce(D(fake), one)
    g_loss.backward()
    og.step()
    samples.append(fake)  # LC401
