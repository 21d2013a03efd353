import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 8))
        self.last = nn.utils.parametrizations.weight_norm(nn.Linear(8, 12, bias=False))
        self.last.parametrizations.weight.original0.data.fill_(1)
        self.last.parametrizations.weight.original0.requires_grad = False

    def forward(self, x):
        return self.last(F.normalize(self.mlp(x), dim=-1))


def net():
    return nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Dropout(0.1), Head())


s, t = net(), net()
t.load_state_dict(s.state_dict())
for p in t.parameters():
    p.requires_grad = False
opt = torch.optim.AdamW(
    [
        {"params": [p for p in s.parameters() if p.ndim > 1]},
        {"params": [p for p in s.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ],
    1e-3,
)
center = torch.zeros(1, 12)
lrs = [1e-3 * min(1, i / 5) for i in range(40)]
for it in range(40):
    opt.param_groups[0]["lr"] = opt.param_groups[1]["lr"] = lrs[it]
    x = torch.randn(16, 10)
    crops = [x + 0.1 * torch.randn_like(x) for _ in range(6)]
    to = t(torch.cat(crops[:2]))
    so = s(torch.cat(crops))
    tt = F.softmax((to - center) / 0.04, -1).detach().chunk(2)
    ss = (so / 0.1).chunk(6)
    tot, n = 0, 0
    for i, q in enumerate(tt):
        for j, v in enumerate(ss):
            if i == j:
                continue
            tot = tot + torch.sum(-q * F.log_softmax(v, -1), -1).mean()
            n += 1
    loss = tot / n
    opt.zero_grad()
    loss.backward()
    for k, p in s.named_parameters():
        if p.grad is not None:
            c = 0.3 / (p.grad.data.norm(2) + 1e-6)
            if c < 1:
                p.grad.data.mul_(c)
            if it < 10 and "last" in k:
                p.grad = None
    opt.step()
    with torch.no_grad():
        for a, b in zip(s.parameters(), t.parameters()):
            b.data.mul_(0.99).add_(0.01 * a.detach().data)
        center = center * 0.9 + to.mean(0, keepdim=True) * 0.1
print(loss.item())
