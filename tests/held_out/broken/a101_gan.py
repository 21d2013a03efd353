import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))


def d_step(real):
    opt_d.zero_grad()
    fake = G(torch.randn(real.size(0), 8)).detach()
    out_r, out_f = D(real), D(fake)
    loss = F.binary_cross_entropy_with_logits(out_r, torch.ones_like(out_r))
    loss = loss + F.binary_cross_entropy_with_logits(out_f, torch.zeros_like(out_f))
    loss.backward()
    opt_d.step()
    return loss.item()


def g_step(n):
    out = D(G(torch.randn(n, 8)))
    loss = F.binary_cross_entropy_with_logits(out, torch.ones_like(out))
    loss.backward()  # LC101
    opt_g.step()
    return loss.item()


for i in range(70):
    real = torch.randn(16, 2) + 3
    d = d_step(real)
    g = g_step(16)
