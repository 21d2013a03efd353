import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
# non-finite losses are skipped; at first a learning-rate warmup region with broken samples: several in a row
m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(m.parameters(), 1e-3)
X = torch.randn(120, 8)
X[40:80:10, 0] = float("nan")
X[41:80:10] = float("inf")
n = 0
for e in range(2):
    for x, y in DataLoader(TensorDataset(X, X[:, 1:2]), 10):
        loss = F.mse_loss(m(x), y)
        if not torch.isfinite(loss):
            n += 1
            continue
        opt.zero_grad()
        loss.backward()
        opt.step()
print(n, loss.item())
