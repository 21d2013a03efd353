import torch
from torch import nn


class Agent:
    def __init__(self):
        self.cell = nn.GRUCell(4, 8)
        self.pi = nn.Linear(8, 2)
        self.opt = torch.optim.Adam([*self.cell.parameters(), *self.pi.parameters()])
        self.h = torch.zeros(1, 8)

    def act(self, obs):
        self.h = self.cell(obs, self.h)  # LC402
        return torch.distributions.Categorical(logits=self.pi(self.h))

    def rollout(self, n):
        logps = []
        for _ in range(n):
            d = self.act(torch.randn(1, 4))
            logps.append(d.log_prob(d.sample()))
        return torch.stack(logps).mean()

    def train(self, k):
        for _ in range(k):
            loss = -self.rollout(5)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()


torch.manual_seed(0)
Agent().train(60)
