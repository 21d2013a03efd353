import torch
from torch import nn

torch.manual_seed(0)
m = nn.Linear(4, 1)
o = torch.optim.SGD(m.parameters(), lr=0.1)
for i in range(60):
    x = torch.randn(8, 4)
    l1 = (m(x) - x[:, :1]).abs().mean(dim=0)
    l2 = (m(x) - x[:, :1]).pow(2)
    o.zero_grad()
    torch.autograd.backward(l1 + l2)  # LC112
    o.step()
