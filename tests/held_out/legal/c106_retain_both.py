import torch
from torch import nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
o = torch.optim.SGD(m.parameters(), lr=0.01)
for i in range(60):
    x = torch.randn(8, 4)
    loss = m(x).pow(2).mean()
    o.zero_grad()
    loss.backward(retain_graph=True)
    total = loss + 0.01 * sum(p.pow(2).sum() for p in m.parameters())
    total.backward()
    o.step()
