import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Lookahead:
    def __init__(s, opt, k=5, a=0.5):
        s.opt, s.k, s.a, s.n = opt, k, a, 0
        s.slow = [[p.clone().detach() for p in g["params"]] for g in opt.param_groups]

    param_groups = property(lambda s: s.opt.param_groups)

    def zero_grad(s):
        s.opt.zero_grad()

    def step(s, closure=None):
        l = s.opt.step(closure)
        s.n += 1
        if s.n % s.k == 0:
            for g, sl in zip(s.opt.param_groups, s.slow):
                for p, q in zip(g["params"], sl):
                    q.data.add_(s.a * (p.data - q.data))
                    p.data.copy_(q.data)
        return l


m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = Lookahead(torch.optim.RAdam(m.parameters(), 1e-2))
for i in range(30):
    x = torch.randn(16, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
