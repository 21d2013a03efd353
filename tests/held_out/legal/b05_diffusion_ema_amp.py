import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)


class EMA:
    def __init__(self, m, d=0.99):
        self.m, self.d = copy.deepcopy(m).eval(), d
        self.m.requires_grad_(False)

    @torch.no_grad()
    def update(self, m):
        for (k, a), b in zip(self.m.state_dict().items(), m.state_dict().values()):
            a.copy_(a * self.d + b * (1 - self.d)) if a.is_floating_point() else a.copy_(b)


class Eps(nn.Module):
    def __init__(self):
        super().__init__()
        self.t = nn.Embedding(20, 16)
        self.i = nn.Linear(2, 16)
        self.o = nn.Sequential(nn.SiLU(), nn.Dropout(0.1), nn.Linear(16, 2))

    def forward(self, x, t, c=None):
        h = self.i(x) + self.t(t)
        return self.o(h)


beta = torch.linspace(1e-4, 0.2, 20)
ab = (1 - beta).cumprod(0)
m = Eps()
ema = EMA(m)
opt = torch.optim.AdamW(m.parameters(), 2e-3)
scaler = torch.amp.GradScaler("cpu", enabled=False)
sch = torch.optim.lr_scheduler.OneCycleLR(opt, 1e-2, total_steps=10)


@torch.no_grad()
def sample(net, n=4):
    x = torch.randn(n, 2)
    for t in reversed(range(20)):
        e = net(x, torch.full((n,), t))
        x = (x - beta[t] / (1 - ab[t]).sqrt() * e) / (1 - beta[t]).sqrt()
        if t:
            x = x + beta[t].sqrt() * torch.randn_like(x)
    return x


for step in range(40):
    x0 = torch.randn(16, 2) * 0.5 + 1
    t = torch.randint(0, 20, (16,))
    n = torch.randn_like(x0)
    xt = ab[t].sqrt()[:, None] * x0 + (1 - ab[t]).sqrt()[:, None] * n
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = F.mse_loss(m(xt, t).float(), n) / 4
    scaler.scale(loss).backward()
    if (step + 1) % 4 == 0:
        scaler.unscale_(opt)
        nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        scaler.step(opt)
        scaler.update()
        opt.zero_grad(set_to_none=True)
        sch.step()
        ema.update(m)
    if step % 20 == 19:
        print(sample(ema.m).shape)
