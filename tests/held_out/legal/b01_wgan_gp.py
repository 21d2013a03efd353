import torch, torch.nn as nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Dropout(0.1), nn.Linear(32, 1))
og = torch.optim.Adam(G.parameters(), 1e-4, betas=(0.0, 0.9))
od = torch.optim.Adam(D.parameters(), 4e-4, betas=(0.0, 0.9))


def gp(real, fake):
    a = torch.rand(len(real), 1)
    x = (a * real + (1 - a) * fake).requires_grad_(True)
    g = torch.autograd.grad(D(x).sum(), x, create_graph=True)[0]
    return ((g.norm(2, dim=1) - 1) ** 2).mean()


for it in range(12):
    for p in D.parameters():
        p.requires_grad_(True)
    for _ in range(5):
        real = torch.randn(16, 2)
        with torch.no_grad():
            fake = G(torch.randn(16, 4))
        D.zero_grad()
        loss_d = D(fake).mean() - D(real).mean() + 10 * gp(real, fake)
        loss_d.backward()
        od.step()
    for p in D.parameters():
        p.requires_grad_(False)
    G.zero_grad()
    loss_g = -D(G(torch.randn(16, 4))).mean()
    loss_g.backward()
    og.step()
print(loss_d.item(), loss_g.item())
