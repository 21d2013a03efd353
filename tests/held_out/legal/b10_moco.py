import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class MoCo(nn.Module):
    def __init__(self, K=64):
        super().__init__()
        mk = lambda: nn.Sequential(nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 8))
        self.q, self.k = mk(), mk()
        self.K = K
        for a, b in zip(self.q.parameters(), self.k.parameters()):
            b.data.copy_(a.data)
            b.requires_grad = False
        self.register_buffer("queue", F.normalize(torch.randn(8, K), dim=0))
        self.register_buffer("ptr", torch.zeros(1, dtype=torch.long))

    def forward(self, a, b):
        q = F.normalize(self.q(a), dim=1)
        with torch.no_grad():
            for x, y in zip(self.q.parameters(), self.k.parameters()):
                y.data = y.data * 0.99 + x.data * 0.01
            k = F.normalize(self.k(b), dim=1)
        lp = torch.einsum("nc,nc->n", q, k)[:, None]
        ln = torch.einsum("nc,ck->nk", q, self.queue.clone().detach())
        i = int(self.ptr)
        self.queue[:, i : i + len(k)] = k.T
        self.ptr[0] = (i + len(k)) % self.K
        return torch.cat([lp, ln], 1) / 0.07, torch.zeros(len(q), dtype=torch.long)


m = MoCo()
opt = torch.optim.SGD(m.parameters(), 0.03, momentum=0.9, weight_decay=1e-4)
ce = nn.CrossEntropyLoss()
for s in range(25):
    x = torch.randn(16, 16)
    out, t = m(x + 0.1 * torch.randn_like(x), x)
    loss = ce(out, t)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
