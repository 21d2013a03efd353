import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# gradient accumulation by summing losses over 8 micro batches with graphs, one backward
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(m.parameters(), 1e-3)
losses = []
for it in range(160):
    x = torch.randn(8, 8)
    losses.append(F.mse_loss(m(x), x.sum(1, True)))
    if len(losses) == 8:
        opt.zero_grad()
        torch.stack(losses).mean().backward()
        opt.step()
        losses = []
print(it)
