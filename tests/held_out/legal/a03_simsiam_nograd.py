import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


def mlp(i, o):
    return nn.Sequential(nn.Linear(i, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, o))


enc, pred = mlp(16, 8), mlp(8, 8)
opt = torch.optim.SGD([*enc.parameters(), *pred.parameters()], lr=0.05, momentum=0.9)


def D(p, z):
    return -F.cosine_similarity(p, z, dim=-1).mean()


for step in range(15):
    x = torch.randn(32, 16)
    views = [x + 0.1 * torch.randn_like(x) for _ in range(2)]
    ps = [pred(enc(v)) for v in views]
    with torch.no_grad():
        zs = [enc(v) for v in views]
    loss = (D(ps[0], zs[1]) + D(ps[1], zs[0])) / 2
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
