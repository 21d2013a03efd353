import torch
from collections import defaultdict
from torch import nn


class Meter:
    def __init__(self):
        self.sums = defaultdict(float)
        self.n = 0

    def update(self, **values):
        for k, v in values.items():
            self.sums[k] += v  # LC401
        self.n += 1


torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
meter = Meter()
for i in range(80):
    x = torch.randn(8, 4)
    loss = (net(x) - x[:, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    meter.update(loss=loss)
