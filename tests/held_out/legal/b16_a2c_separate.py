import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
pi = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
v = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
op, ov = torch.optim.Adam(pi.parameters(), 1e-3), torch.optim.Adam(v.parameters(), 1e-3)
for ep in range(12):
    s = torch.randn(4)
    lps, vals, rs = [], [], []
    for t in range(8):
        d = torch.distributions.Categorical(logits=pi(s))
        a = d.sample()
        lps.append(d.log_prob(a))
        vals.append(v(s))
        rs.append(float(s[0] * (2 * a - 1)))
        s = 0.9 * s + 0.3 * torch.randn(4)
    R = 0
    rets = []
    for r in reversed(rs):
        R = r + 0.99 * R
        rets.insert(0, R)
    rets = torch.tensor(rets)
    vals = torch.cat(vals)
    adv = rets - vals
    aloss = -(torch.stack(lps) * adv.detach()).mean()
    closs = adv.pow(2).mean()
    op.zero_grad()
    ov.zero_grad()
    aloss.backward()
    closs.backward()
    op.step()
    ov.step()
print(closs.item())
