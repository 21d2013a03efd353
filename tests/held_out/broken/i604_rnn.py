import torch
from torch import nn


class T:
    def __init__(self):
        self.rnn = nn.GRU(4, 8, batch_first=True)
        self.head = nn.Linear(8, 1)
        self.opt = torch.optim.Adam([{"params": self.rnn.parameters()}, {"params": self.head.parameters()}])

    def prepare(self):
        self.opt.zero_grad()
        nn.utils.clip_grad_norm_(self.rnn.parameters(), 1.0)  # LC604

    def step(self, x):
        self.prepare()
        loss = self.head(self.rnn(x)[0]).pow(2).mean()
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
t = T()
for i in range(60):
    t.step(torch.randn(2, 5, 4))
