import torch
from torch import nn


class T:
    def __init__(self):
        self.net = nn.Linear(4, 3)
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)
        self.grad_scaler = torch.amp.GradScaler("cpu")

    def step(self, x, y):
        self.opt.zero_grad()
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.grad_scaler.scale(loss).backward()
        self.grad_scaler.unscale_(self.opt)
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.apply()

    def apply(self):
        self.grad_scaler.step(self.opt)  # LC606


torch.manual_seed(0)
t = T()
for i in range(60):
    t.step(torch.randn(8, 4), torch.randint(0, 3, (8,)))
