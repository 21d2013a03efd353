import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# OHEM: chosen without gradients, in train mode, chunk by chunk; then trained on
m = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.SGD(m.parameters(), 0.05)
for step in range(12):
    X = torch.randn(64, 8)
    Y = (X.sum(1) > 0).long()
    m.eval()
    with torch.no_grad():
        l = torch.cat([F.cross_entropy(m(x), y, reduction="none") for x, y in zip(X.split(16), Y.split(16))])
    m.train()
    idx = l.topk(16).indices
    loss = F.cross_entropy(m(X[idx]), Y[idx])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
