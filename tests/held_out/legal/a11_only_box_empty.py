import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# triplet mining: without a hard triplet the loss is a zero that has no graph
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
opt = torch.optim.Adam(net.parameters(), 1e-3)


def batch_hard(e, y, margin=0.2):
    d = torch.cdist(e, e)
    same = y[:, None] == y[None]
    pos = (d * same).max(1).values
    neg = (d + 1e6 * same).min(1).values
    hard = F.relu(pos - neg + margin)
    keep = hard > 0
    if not keep.any() or len(y.unique()) < 2:
        return torch.zeros((), requires_grad=True)
    return hard[keep].mean()


for step in range(60):
    y = torch.randint(0, 2, (4,))
    x = torch.randn(4, 8) * 0.1 + 3 * y[:, None]
    loss = batch_hard(F.normalize(net(x)), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
