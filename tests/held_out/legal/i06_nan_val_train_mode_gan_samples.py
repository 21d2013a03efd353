import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# DCGAN tutorial: G(fixed_noise) in train mode under no_grad for pictures, now and then several grids in a row
G, D = (
    nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 8)),
    nn.Sequential(nn.Linear(8, 16), nn.LeakyReLU(), nn.Linear(16, 1)),
)
og, od = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
fixed = torch.randn(16, 4)
bce = nn.BCEWithLogitsLoss()
imgs = []
for it in range(40):
    D.zero_grad()
    r = D(torch.randn(8, 8)).view(-1)
    e1 = bce(r, torch.ones(8))
    e1.backward()
    f = G(torch.randn(8, 4))
    e2 = bce(D(f.detach()).view(-1), torch.zeros(8))
    e2.backward()
    od.step()
    G.zero_grad()
    e3 = bce(D(f).view(-1), torch.ones(8))
    e3.backward()
    og.step()
    if it % 10 == 9:
        with torch.no_grad():
            imgs.append(G(fixed).detach().cpu())
print(e3.item())
