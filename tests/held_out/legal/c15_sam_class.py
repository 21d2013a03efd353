import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class SAM(torch.optim.Optimizer):
    def __init__(self, params, base, rho=0.05, **kw):
        super().__init__(params, dict(rho=rho, **kw))
        self.base_optimizer = base(self.param_groups, **kw)
        self.param_groups = self.base_optimizer.param_groups
        self.defaults.update(self.base_optimizer.defaults)

    @torch.no_grad()
    def first_step(self, zero_grad=False):
        n = torch.norm(
            torch.stack([p.grad.norm(2) for g in self.param_groups for p in g["params"] if p.grad is not None])
        )
        for g in self.param_groups:
            for p in g["params"]:
                if p.grad is None:
                    continue
                self.state[p]["old"] = p.data.clone()
                p.add_(p.grad * g["rho"] / (n + 1e-12))
        if zero_grad:
            self.zero_grad()

    @torch.no_grad()
    def second_step(self, zero_grad=False):
        for g in self.param_groups:
            for p in g["params"]:
                if p.grad is not None:
                    p.data = self.state[p]["old"]
        self.base_optimizer.step()
        if zero_grad:
            self.zero_grad()

    def step(self, closure=None):
        closure = torch.enable_grad()(closure)
        self.first_step(True)
        closure()
        self.second_step()


def bn(m, on):
    for k in m.modules():
        if isinstance(k, nn.BatchNorm1d):
            k.momentum, k.bk = (0, k.momentum) if not on else (getattr(k, "bk", 0.1), 0.1)


m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
opt = SAM(m.parameters(), torch.optim.SGD, lr=0.05, momentum=0.9)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt.base_optimizer, 30)
for i in range(30):
    x = torch.randn(16, 8)
    y = x.sum(1, keepdim=True)
    bn(m, True)
    l = F.mse_loss(m(x), y)
    l.backward()
    opt.first_step(zero_grad=True)
    bn(m, False)
    F.mse_loss(m(x), y).backward()
    opt.second_step(zero_grad=True)
    sched.step()
print(l.item())
