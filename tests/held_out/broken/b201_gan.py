import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(), nn.Dropout(0.3), nn.Linear(8, 1))
og, od = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
bce = nn.BCEWithLogitsLoss()
one, zero = torch.ones(8, 1), torch.zeros(8, 1)


def sample():
    G.eval()
    with torch.inference_mode():
        return G(torch.randn(4, 4))


for i in range(90):
    od.zero_grad()
    fake = G(torch.randn(8, 4))
    (bce(D(torch.randn(8, 2)), one) + bce(D(fake.detach()), zero)).backward()
    od.step()
    og.zero_grad()
    bce(D(fake), one).backward()  # LC201
    og.step()
    if i % 30 == 29:
        sample()
