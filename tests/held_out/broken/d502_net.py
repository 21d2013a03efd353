import torch
from torch import nn


class Disc(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Sigmoid())

    def forward(self, x):
        return self.main(x)


torch.manual_seed(0)
G, D = nn.Linear(4, 2), Disc()
og, od = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
bce = nn.BCEWithLogitsLoss()


def gan_loss(pred, real):
    target = torch.ones_like(pred) if real else torch.zeros_like(pred)
    return bce(pred, target)  # LC502


for i in range(60):
    od.zero_grad()
    fake = G(torch.randn(8, 4))
    (gan_loss(D(torch.randn(8, 2)), True) + gan_loss(D(fake.detach()), False)).backward()
    od.step()
    og.zero_grad()
    gan_loss(D(fake), True).backward()
    og.step()
