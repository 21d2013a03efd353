import torch
from torch import nn


class T:
    def __init__(self):
        self.net = nn.Linear(4, 3)
        self.opt = torch.optim.Adam(self.net.parameters())

    def _step(self, x, y):
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.opt.zero_grad()
        loss.backward()  # LC608
        self.opt.step()

    def fit(self):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for i in range(60):
                self._step(torch.randn(8, 4), torch.randint(0, 3, (8,)))


torch.manual_seed(0)
T().fit()
