import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 4)
        self.dec = nn.Linear(2, 4)

    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, -1)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return self.dec(z), mu, logvar


def vae_loss(rec, x, mu, logvar):
    return (rec - x).pow(2).mean() - 0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).mean()


torch.manual_seed(0)
m = VAE()
opt = torch.optim.SGD(m.parameters(), lr=50.0)
for i in range(100):
    x = torch.randn(8, 4) * 3
    rec, mu, logvar = m(x)
    loss = vae_loss(rec, x, mu, logvar)
    opt.zero_grad()
    loss.backward()  # LC801
    opt.step()
