import torch
from torch import nn


def cosine(a, b):
    return (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1) + 1e-8)


class T:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 4, bias=False), nn.ReLU())
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.01)

    def step(self, x):
        z = self.net(x)
        loss = (z - z.detach()).norm(dim=-1).mean() + z.pow(2).mean().add(1).sqrt()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


class U(T):
    def step(self, x):
        z = self.net(x)
        d = (z.unsqueeze(0) - z.unsqueeze(1)).pow(2).sum(-1).sqrt()
        loss = d.mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()  # LC802


torch.manual_seed(0)
u = U()
for i in range(60):
    u.step(torch.randn(8, 4))
