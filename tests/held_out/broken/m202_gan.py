import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Linear(2, 1)
og, od = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
bce = nn.BCEWithLogitsLoss()
one, zero = torch.ones(8, 1), torch.zeros(8, 1)


@torch.no_grad()
def preview(n):
    return [G(torch.randn(8, 4)) for _ in range(n)]  # LC202


for i in range(80):
    od.zero_grad()
    fake = G(torch.randn(8, 4))
    (bce(D(torch.randn(8, 2)), one) + bce(D(fake.detach()), zero)).backward()
    od.step()
    og.zero_grad()
    bce(D(fake), one).backward()
    og.step()
    if i % 20 == 19:
        preview(6)
