import copy
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1)


class Eval:
    def __init__(self, model):
        self.model = model

    @torch.no_grad()
    def __call__(self, batches):
        return [self.forward_one(b) for b in batches]

    def forward_one(self, b):
        out = self.model(b)  # LC202
        return out.argmax(1)


ev = Eval(net)
for epoch in range(3):
    for i in range(25):
        x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        opt.zero_grad()
    ev(torch.randn(5, 8, 4))
