import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(4, 1)

    def forward(self, x, y):
        d = self.l(x) - y
        return {"loss": d.pow(2), "d": d}


class Trainer:
    def __init__(self):
        self.m = M()
        self.opt = torch.optim.SGD(self.m.parameters(), lr=0.1)
        self.scaler = torch.amp.GradScaler("cpu")

    def step(self, x):
        self.opt.zero_grad()
        out = self.m(x, x[:, :1])
        self.scaler.scale(out["loss"]).backward()  # LC112
        self.scaler.step(self.opt)
        self.scaler.update()


torch.manual_seed(0)
t = Trainer()
for i in range(60):
    t.step(torch.randn(8, 4))
