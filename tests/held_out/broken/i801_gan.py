import torch
from torch import nn

torch.manual_seed(0)
G, D = nn.Linear(4, 2), nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
og, od = torch.optim.SGD(G.parameters(), lr=0.1), torch.optim.SGD(D.parameters(), lr=500.0)
for i in range(80):
    od.zero_grad()
    fake = G(torch.randn(8, 4))
    d_loss = -(torch.log(D(torch.randn(8, 2) + 3)) + torch.log(1 - D(fake.detach()))).mean()
    d_loss.backward()  # LC801
    od.step()
    og.zero_grad()
    g_loss = D(fake).neg().mean()
    g_loss.backward()
    og.step()
