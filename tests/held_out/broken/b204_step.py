import torch
from torch import nn


class Agent:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
        self.opt = torch.optim.Adam(self.net.parameters())

    @torch.no_grad()
    def q_values(self, s):
        return self.net(s)  # LC204

    def learn(self, s, a, target):
        q = self.q_values(s).gather(1, a)
        loss = nn.functional.smooth_l1_loss(q, target)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
ag = Agent()
for i in range(60):
    ag.learn(torch.randn(8, 4), torch.randint(0, 2, (8, 1)), torch.randn(8, 1))
