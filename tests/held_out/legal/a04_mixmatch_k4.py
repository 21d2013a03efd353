import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.Adam(model.parameters(), 2e-3)
K = 4


def aug(x):
    return x + 0.1 * torch.randn_like(x)


for step in range(12):
    xl, yl, xu = torch.randn(8, 16), torch.randint(0, 4, (8,)), torch.randn(8, 16)
    us = [aug(xu) for _ in range(K)]
    with torch.no_grad():  # label guessing, in train mode as in the reference code
        p = sum(model(u).softmax(1) for u in us) / K
        t = p**2
        t = t / t.sum(1, keepdim=True)
    x = torch.cat([xl, *us])
    y = torch.cat([F.one_hot(yl, 4).float(), *[t] * K])
    lam = torch.distributions.Beta(0.75, 0.75).sample()
    lam = max(lam, 1 - lam)
    perm = torch.randperm(len(x))
    xm = lam * x + (1 - lam) * x[perm]
    ym = lam * y + (1 - lam) * y[perm]
    outs = [model(c) for c in xm.split(8)]
    lx = -(outs[0].log_softmax(1) * ym[:8]).sum(1).mean()
    lu = ((torch.cat(outs[1:]).softmax(1) - ym[8:]) ** 2).mean()
    loss = lx + 10 * lu
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
