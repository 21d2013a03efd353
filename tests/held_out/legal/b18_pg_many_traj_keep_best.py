import torch, torch.nn as nn

torch.manual_seed(0)
# RAFT / best-of-n: sample with gradients on, only the best is trained on
m = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
opt = torch.optim.Adam(m.parameters(), 1e-3)
for step in range(15):
    cands = []
    for k in range(6):
        x = torch.randn(4)
        out = m(x)
        cands.append((out.square().sum().item(), out, x))
    best = min(cands, key=lambda c: c[0])
    loss = best[1].square().sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
