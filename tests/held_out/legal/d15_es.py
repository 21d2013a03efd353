import torch, torch.nn as nn

torch.manual_seed(0)
# evolution strategies: gradient estimate written to .grad, rewards from forwards without gradients
m = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(m.parameters(), 1e-2)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, 0.99)


@torch.no_grad()
def fit():
    x = torch.randn(32, 8)
    return -(m(x) - x.sum(1, True)).pow(2).mean().item()


for it in range(15):
    opt.zero_grad()
    gs = [torch.zeros_like(p) for p in m.parameters()]
    for k in range(4):
        eps = [torch.randn_like(p) for p in m.parameters()]
        for s in (1, -1):
            with torch.no_grad():
                for p, e in zip(m.parameters(), eps):
                    p.add_(e, alpha=0.05 * s)
                r = fit()
                for p, e in zip(m.parameters(), eps):
                    p.sub_(e, alpha=0.05 * s)
            for g, e in zip(gs, eps):
                g.add_(e, alpha=-s * r / 8 / 0.05)
    for p, g in zip(m.parameters(), gs):
        p.grad = g
    opt.step()
    sched.step()
print(fit())
