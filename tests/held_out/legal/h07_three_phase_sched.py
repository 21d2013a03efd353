import torch, torch.nn as nn, torch.nn.functional as F
from torch.optim import lr_scheduler as S

torch.manual_seed(0)
for mk in (
    lambda o: S.SequentialLR(
        o, [S.LinearLR(o, 0.1, total_iters=5), S.ConstantLR(o, 1.0, 5), S.CosineAnnealingLR(o, 20)], [5, 10]
    ),
    lambda o: S.ChainedScheduler([S.LinearLR(o, 0.1, total_iters=5), S.ExponentialLR(o, 0.99)]),
    lambda o: S.OneCycleLR(o, 0.1, total_steps=30),
    lambda o: S.CyclicLR(o, 1e-3, 1e-1, 5),
    lambda o: S.LambdaLR(o, [lambda s: min(1, (s + 1) / 5)]),
    lambda o: S.MultiplicativeLR(o, lambda s: 0.99),
    lambda o: S.PolynomialLR(o, 30),
    lambda o: S.CosineAnnealingWarmRestarts(o, 6),
):
    m = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
    o = torch.optim.SGD(m.parameters(), 0.01, momentum=0.9)
    s = mk(o)
    for i in range(25):
        x = torch.randn(8, 8)
        l = F.mse_loss(m(x), x.sum(1, True))
        o.zero_grad()
        l.backward()
        o.step()
        s.step()
    print(round(o.param_groups[0]["lr"], 6))
