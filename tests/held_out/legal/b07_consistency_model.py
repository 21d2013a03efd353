import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 32), nn.SiLU(), nn.Dropout(0.1), nn.Linear(32, 2))
tgt = copy.deepcopy(net)
opt = torch.optim.RAdam(net.parameters(), 1e-3)
for step in range(20):
    x0 = torch.randn(16, 2)
    z = torch.randn_like(x0)
    t = torch.rand(16, 1)
    s = t * 0.9
    seed = torch.get_rng_state()
    a = net(torch.cat([x0 + t * z, t], 1))
    torch.set_rng_state(seed)
    with torch.no_grad():
        b = tgt(torch.cat([x0 + s * z, s], 1))
    loss = F.huber_loss(a, b)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for p, q in zip(tgt.parameters(), net.parameters()):
            p.mul_(0.95).add_(q, alpha=0.05)
print(loss.item())
