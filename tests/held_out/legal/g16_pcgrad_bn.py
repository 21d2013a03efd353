import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU())
hs = nn.ModuleList([nn.Linear(16, 1), nn.Linear(16, 1)])
ps = [*m.parameters(), *hs.parameters()]
opt = torch.optim.Adam(ps, 1e-3)
for it in range(20):
    x = torch.randn(16, 8)
    h = m(x)
    ls = [F.mse_loss(hd(h).squeeze(1), t) for hd, t in zip(hs, (x.sum(1), x[:, 0]))]
    gs = []
    for k, l in enumerate(ls):
        opt.zero_grad(set_to_none=True)
        l.backward(retain_graph=k == 0)
        gs.append([torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in ps])
    d = sum((a * b).sum() for a, b in zip(*gs))
    opt.zero_grad()
    for p, a, b in zip(ps, *gs):
        p.grad = a + b if d >= 0 else a + b - 0.1 * a
    opt.step()
print(ls[0].item())
