import torch
from torch import nn

torch.manual_seed(0)
gen = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
disc = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
gen_opt = torch.optim.Adam(gen.parameters(), lr=1e-3)
disc_opt = torch.optim.Adam(disc.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for i in range(80):
    real = torch.randn(8, 2)
    noise = torch.randn(8, 4)
    fake = gen(noise)
    disc_opt.zero_grad()
    d_loss = bce(disc(real), torch.ones(8, 1)) + bce(disc(fake.detach()), torch.zeros(8, 1))
    d_loss.backward()
    disc_opt.step()
    gen_opt.zero_grad()
    g_loss = bce(disc(fake), torch.ones(8, 1))
    gen_opt.step()  # LC104
