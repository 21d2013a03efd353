import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class VQ(nn.Module):
    def __init__(self, k=16, d=4):
        super().__init__()
        self.cb = nn.Parameter(torch.randn(k, d) * 0.1, requires_grad=False)
        self.register_buffer("n", torch.ones(k))
        self.register_buffer("m", self.cb.data.clone())

    def forward(self, z):
        i = torch.cdist(z.detach(), self.cb).argmin(1)
        q = self.cb[i]
        if self.training:
            with torch.no_grad():
                oh = F.one_hot(i, len(self.cb)).float()
                self.n.mul_(0.9).add_(oh.sum(0), alpha=0.1)
                self.m.mul_(0.9).add_(oh.T @ z, alpha=0.1)
                self.cb.data.copy_(self.m / (self.n[:, None] + 1e-5))
        return z + (q - z).detach(), F.mse_loss(z, q.detach())


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.q, self.d = nn.Linear(8, 4), VQ(), nn.Linear(4, 8)

    def forward(self, x):
        z, c = self.q(self.e(x))
        return self.d(z), c


m = Model()
opt = torch.optim.Adam(m.parameters(), 1e-3)
for s in range(30):
    x = torch.randn(16, 8)
    r, c = m(x)
    loss = F.mse_loss(r, x) + 0.25 * c
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
