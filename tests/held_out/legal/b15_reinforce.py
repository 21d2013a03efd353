import torch, torch.nn as nn
from torch.distributions import Categorical

torch.manual_seed(0)


class P(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.d, self.b = nn.Linear(4, 32), nn.Dropout(0.6), nn.Linear(32, 2)
        self.saved, self.rewards = [], []

    def forward(self, x):
        return self.b(torch.relu(self.d(self.a(x)))).softmax(1)


pol = P()
opt = torch.optim.Adam(pol.parameters(), 1e-2)
eps = 1e-8


def select(s):
    d = Categorical(pol(s[None]))
    a = d.sample()
    pol.saved.append(d.log_prob(a))
    return a.item()


def finish():
    R, rets = 0, []
    for r in pol.rewards[::-1]:
        R = r + 0.99 * R
        rets.insert(0, R)
    rets = torch.tensor(rets)
    rets = (rets - rets.mean()) / (rets.std() + eps)
    opt.zero_grad()
    torch.cat([-l * R for l, R in zip(pol.saved, rets)]).sum().backward()
    opt.step()
    del pol.rewards[:]
    del pol.saved[:]


for ep in range(15):
    s = torch.randn(4)
    for t in range(10 + ep):
        a = select(s)
        pol.rewards.append(float(s[0] * (2 * a - 1)))
        s = 0.9 * s + 0.3 * torch.randn(4)
    finish()
print(sum(p.sum().item() for p in pol.parameters()))
