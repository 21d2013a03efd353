import torch
from torch import nn


def compute(net, batch):
    return net(batch)  # LC203


class Validator:
    def __init__(self, net):
        self.net = net

    def __call__(self, n):
        was = self.net.training
        self.net.eval()
        vals = [self.one() for _ in range(n)]
        self.net.train(was)
        return sum(vals) / n

    def one(self):
        x = torch.randn(8, 4)
        return (compute(self.net, x) - x[:, :1]).abs().mean().item()


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
val = Validator(net)
for e in range(3):
    for i in range(25):
        x = torch.randn(8, 4)
        opt.zero_grad()
        (net(x) - x[:, :1]).pow(2).mean().backward()
        opt.step()
    print(val(4))
