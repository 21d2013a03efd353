import torch, torch.nn as nn, random

random.seed(0)
torch.manual_seed(0)
# actor keeps gradients in the rollout; short episodes are thrown away (nothing to learn from)
pi = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
opt = torch.optim.Adam(pi.parameters(), 1e-3)
for ep in range(30):
    s = torch.randn(4)
    lp, rs = [], []
    for t in range(random.randint(3, 10)):
        d = torch.distributions.Categorical(logits=pi(s))
        a = d.sample()
        lp.append(d.log_prob(a))
        rs.append(float(s[0]))
        s = 0.9 * s + 0.3 * torch.randn(4)
    if len(rs) < 6:
        continue
    l = -(torch.stack(lp) * (torch.tensor(rs) - sum(rs) / len(rs))).sum()
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
