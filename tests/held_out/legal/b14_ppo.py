import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class AC(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.Tanh())
        self.pi = nn.Linear(32, 2)
        self.v = nn.Linear(32, 1)

    def forward(self, s):
        h = self.body(s)
        return torch.distributions.Categorical(logits=self.pi(h)), self.v(h).squeeze(-1)

    def value(self, s):
        return self.v(self.body(s)).squeeze(-1)


m = AC()
opt = torch.optim.Adam(m.parameters(), 3e-4, eps=1e-5)
for up in range(4):
    opt.param_groups[0]["lr"] = (1 - up / 4) * 3e-4
    S, A, L, V, R = [], [], [], [], []
    s = torch.randn(8, 4)
    for t in range(16):
        with torch.no_grad():
            d, v = m(s)
            a = d.sample()
        S.append(s)
        A.append(a)
        L.append(d.log_prob(a))
        V.append(v)
        R.append(s[:, 0] * (a * 2 - 1))
        s = s * 0.9 + 0.3 * torch.randn_like(s)
    with torch.no_grad():
        nv = m.value(s)
    adv = torch.zeros(16, 8)
    last = 0
    for t in reversed(range(16)):
        delta = R[t] + 0.99 * (V[t + 1] if t < 15 else nv) - V[t]
        adv[t] = last = delta + 0.95 * 0.99 * last
    bs, ba, bl, bv = [torch.cat(x) for x in (S, A, L, V)]
    badv = adv.flatten()
    ret = badv + bv
    for ep in range(3):
        for mb in torch.randperm(128).split(32):
            d, v = m(bs[mb])
            ratio = (d.log_prob(ba[mb]) - bl[mb]).exp()
            g = badv[mb]
            g = (g - g.mean()) / (g.std() + 1e-8)
            pg = torch.max(-g * ratio, -g * ratio.clamp(0.8, 1.2)).mean()
            vl = 0.5 * ((v - ret[mb]) ** 2).mean()
            loss = pg - 0.01 * d.entropy().mean() + 0.5 * vl
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(m.parameters(), 0.5)
            opt.step()
            with torch.no_grad():
                kl = ((ratio - 1) - ratio.log()).mean()
        if kl > 0.02:
            break
print(loss.item())
