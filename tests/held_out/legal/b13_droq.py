import torch, torch.nn as nn, torch.nn.functional as F, random, copy

random.seed(0)
torch.manual_seed(0)


# DroQ: dropout Q ensemble, dropout stays on in the target as well; policy acts without dropout
def Q():
    return nn.Sequential(nn.Linear(5, 32), nn.Dropout(0.01), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 1))


qs = nn.ModuleList(Q() for _ in range(2))
tqs = copy.deepcopy(qs).requires_grad_(False)
pi = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
la = torch.zeros(1, requires_grad=True)
oq, op, oa = (
    torch.optim.Adam(qs.parameters(), 3e-4),
    torch.optim.Adam(pi.parameters(), 3e-4),
    torch.optim.Adam([la], 3e-4),
)


def sample(s):
    m, l = pi(s).chunk(2, -1)
    d = torch.distributions.Normal(m, l.clamp(-5, 2).exp())
    u = d.rsample()
    a = torch.tanh(u)
    return a, (d.log_prob(u) - torch.log(1 - a**2 + 1e-6)).sum(-1, keepdim=True)


buf = [(torch.randn(4), torch.rand(1) * 2 - 1, torch.randn(1), torch.randn(4)) for _ in range(100)]
for it in range(15):
    with torch.no_grad():
        sample(torch.randn(1, 4))
    for _ in range(4):
        s, a, r, n = map(torch.stack, zip(*random.sample(buf, 16)))
        with torch.no_grad():
            na, lp = sample(n)
            y = r + 0.99 * (torch.min(*[t(torch.cat([n, na], 1)) for t in tqs]) - la.exp() * lp)
        lq = sum(F.mse_loss(q(torch.cat([s, a], 1)), y) for q in qs)
        oq.zero_grad()
        lq.backward()
        oq.step()
        with torch.no_grad():
            for p, t in zip(qs.parameters(), tqs.parameters()):
                t.lerp_(p, 0.005)
    a_, lp = sample(s)
    lpi = (la.exp().detach() * lp - sum(q(torch.cat([s, a_], 1)) for q in qs) / 2).mean()
    op.zero_grad()
    lpi.backward()
    op.step()
    lalpha = -(la * (lp.detach() - 1)).mean()
    oa.zero_grad()
    lalpha.backward()
    oa.step()
print(lq.item())
