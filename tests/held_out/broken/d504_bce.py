import torch
from torch import nn
import torch.nn.functional as F


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())

    def forward(self, x, y):
        p = self.l(x)
        return p, F.binary_cross_entropy(y, p)  # LC504


torch.manual_seed(0)
net = D()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(60):
    x = torch.randn(8, 4)
    _, loss = net(x, (x.sum(1, keepdim=True) > 0).float())
    opt.zero_grad()
    loss.backward()
    opt.step()
