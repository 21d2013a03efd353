import torch, torch.nn as nn, torch.nn.functional as F, copy, math

torch.manual_seed(0)


def mlp(i, h, o):
    return nn.Sequential(nn.Linear(i, h), nn.BatchNorm1d(h), nn.ReLU(), nn.Linear(h, o))


class BYOL(nn.Module):
    def __init__(self):
        super().__init__()
        self.online = nn.Sequential(mlp(16, 32, 16), mlp(16, 32, 8))
        self.pred = mlp(8, 16, 8)
        self.target = copy.deepcopy(self.online)
        for p in self.target.parameters():
            p.requires_grad = False

    def forward(self, a, b):
        qa, qb = self.pred(self.online(a)), self.pred(self.online(b))
        with torch.no_grad():
            ta, tb = self.target(a), self.target(b)
        f = lambda q, t: 2 - 2 * F.cosine_similarity(q, t.detach(), dim=-1)
        return (f(qa, tb) + f(qb, ta)).mean()

    @torch.no_grad()
    def ema(self, tau):
        for p, q in zip(self.online.parameters(), self.target.parameters()):
            q.data = q.data * tau + p.data * (1 - tau)


m = BYOL()
opt = torch.optim.SGD(m.parameters(), 0.03, momentum=0.9)
for s in range(25):
    x = torch.randn(32, 16)
    loss = m(x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x))
    opt.zero_grad()
    loss.backward()
    opt.step()
    m.ema(1 - 0.01 * (math.cos(math.pi * s / 25) + 1) / 2)
print(loss.item())
