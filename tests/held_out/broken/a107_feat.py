import torch
from torch import nn


class Probe:
    def __init__(self, data):
        self.backbone = nn.Linear(8, 16)
        self.head = nn.Linear(16, 2)
        self.opt = torch.optim.SGD([*self.backbone.parameters(), *self.head.parameters()], lr=0.1)
        self.features = torch.relu(self.backbone(data))

    def step(self, y):
        loss = nn.functional.cross_entropy(self.head(self.features), y)
        self.opt.zero_grad()
        loss.backward()  # LC107
        self.opt.step()


torch.manual_seed(0)
data = torch.randn(32, 8)
p = Probe(data)
for i in range(60):
    p.step((data[:, 0] > 0).long())
