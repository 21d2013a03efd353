import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 8))
head = nn.Linear(8, 2)
opt = torch.optim.AdamW([*net.parameters(), *head.parameters()], 1e-3)
for step in range(10):
    x = torch.randn(32, 8, requires_grad=True)
    y = torch.randint(0, 2, (32,))
    feats = [checkpoint(net, c, use_reentrant=True) for c in x.chunk(4)]
    loss = F.cross_entropy(head(torch.cat(feats)), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
