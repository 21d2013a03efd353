import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Adj(torch.autograd.Function):
    @staticmethod
    def forward(c, f, z, n, *ps):
        c.f, c.n = f, n
        zs = [z]
        with torch.no_grad():
            for _ in range(n):
                zs.append(zs[-1] + f(zs[-1]) / n)
        c.save_for_backward(*zs)
        return zs[-1]

    @staticmethod
    def backward(c, g):
        zs = c.saved_tensors
        ps = tuple(c.f.parameters())
        gp = [torch.zeros_like(p) for p in ps]
        for z in reversed(zs[:-1]):
            with torch.enable_grad():
                z = z.detach().requires_grad_()
                o = z + c.f(z) / c.n
                gs = torch.autograd.grad(o, (z, *ps), g)
            g = gs[0]
            gp = [a + b for a, b in zip(gp, gs[1:])]
        return (None, g, None, *gp)


f = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 8))
head = nn.Linear(8, 1)
opt = torch.optim.Adam([*f.parameters(), *head.parameters()], 1e-2)
for _ in range(20):
    x = torch.randn(16, 8)
    l = F.mse_loss(head(Adj.apply(f, x, 5, *f.parameters())), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
