import torch
from torch import nn


class T:
    def __init__(self):
        self.net = nn.Linear(4, 3)
        self.opt = torch.optim.Adam(self.net.parameters())
        self.scaler = torch.amp.GradScaler("cpu", init_scale=256.0)

    def backward(self, loss):
        self.scaler.scale(loss).backward()

    def step(self, x, y):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(self.net(x), y)
        self.backward(loss)
        self.opt.step()  # LC607
        self.opt.zero_grad()


torch.manual_seed(0)
t = T()
for i in range(60):
    t.step(torch.randn(8, 4), torch.randint(0, 3, (8,)))
