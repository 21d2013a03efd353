import torch, torch.nn as nn, torch.nn.functional as F, copy, math

torch.manual_seed(0)


class Gen(nn.Module):
    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 16))
        self.synthesis = nn.Sequential(nn.Linear(16, 32), nn.LeakyReLU(0.2), nn.Linear(32, 6))

    def forward(self, z, return_w=False):
        w = self.mapping(z)
        x = self.synthesis(w)
        return (x, w) if return_w else x


G, D = Gen(), nn.Sequential(nn.Linear(6, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
ema = copy.deepcopy(G).eval().requires_grad_(False)


def lazy(params, lr, every):
    r = every / (every + 1)
    return torch.optim.Adam(params, lr * r, betas=(0.0, 0.99**r))


og, od = lazy(G.parameters(), 2e-3, 4), lazy(D.parameters(), 2e-3, 16)
mean_pl = torch.zeros(())
for i in range(40):
    real = torch.randn(8, 6)
    G.requires_grad_(False)
    D.requires_grad_(True)
    fake = G(torch.randn(8, 4))
    loss = F.softplus(D(fake)).mean() + F.softplus(-D(real)).mean()
    od.zero_grad()
    loss.backward()
    od.step()
    if i % 16 == 0:
        real.requires_grad_(True)
        out = D(real)
        (g,) = torch.autograd.grad(out.sum(), real, create_graph=True)
        od.zero_grad()
        (10 / 2 * g.pow(2).sum(1).mean() * 16 + 0 * out[0, 0]).backward()
        od.step()
    G.requires_grad_(True)
    D.requires_grad_(False)
    og.zero_grad()
    F.softplus(-D(G(torch.randn(8, 4)))).mean().backward()
    og.step()
    if i % 4 == 0:
        x, w = G(torch.randn(4, 4), return_w=True)
        noise = torch.randn_like(x) / math.sqrt(6)
        (g,) = torch.autograd.grad((x * noise).sum(), w, create_graph=True)
        pl = g.norm(dim=1)
        mean_pl = mean_pl.lerp(pl.mean().detach(), 0.01)
        og.zero_grad()
        ((pl - mean_pl).pow(2).mean() * 2 * 4 + 0 * x[0, 0]).backward()
        og.step()
    with torch.no_grad():
        for a, b in zip(ema.parameters(), G.parameters()):
            a.lerp_(b, 0.01)
print(mean_pl.item())
