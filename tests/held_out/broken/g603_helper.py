import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.LSTM(4, 8, batch_first=True)
        self.head = nn.Linear(8, 1)
        self.params = [*self.net.parameters(), *self.head.parameters()]
        self.opt = torch.optim.Adam(self.params)

    def clip(self):
        torch.nn.utils.clip_grad_norm_(self.params, max_norm=0.5)  # LC603

    def step(self, x):
        self.opt.zero_grad()
        out, _ = self.net(x)
        loss = (self.head(out[:, -1]) - x[:, -1, :1]).pow(2).mean()
        loss.backward()
        self.opt.step()
        self.clip()
        return loss.item()


torch.manual_seed(0)
t = Trainer()
for i in range(60):
    t.step(torch.randn(4, 5, 4))
