import torch
from torch import nn


class Trainer:
    def __init__(self, net, device):
        self.device = device
        self.net = net.to(device)
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def step(self, batch):
        x, y = batch
        y = y.to(self.device)
        out = self.net(x)  # LC301
        loss = nn.functional.cross_entropy(out, y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


t = Trainer(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)), "meta")
for _ in range(60):
    t.step((torch.randn(4, 3, 8, 8), torch.randint(0, 3, (4,))))
