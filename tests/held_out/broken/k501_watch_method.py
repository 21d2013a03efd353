import torch
from loopcheck import watch
from torch import nn
import torch.nn.functional as F


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        self.opt = torch.optim.Adam(self.net.parameters())

    @watch
    def fit(self, n):
        for _ in range(n):
            x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
            probs = F.softmax(self.net(x), -1)
            loss = F.cross_entropy(probs, y)  # LC501
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()


torch.manual_seed(0)
Trainer().fit(60)
