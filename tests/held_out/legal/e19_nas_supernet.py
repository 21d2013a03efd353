import torch, torch.nn as nn, torch.nn.functional as F, random

random.seed(0)
torch.manual_seed(0)


class Super(nn.Module):
    def __init__(s):
        super().__init__()
        s.l = nn.ModuleList(
            nn.ModuleList(nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU()) for _ in range(6))
            for _ in range(3)
        )
        s.h = nn.Linear(8, 2)

    def forward(s, x, p):
        for l, i in zip(s.l, p):
            x = l[i](x)
        return s.h(x)


m = Super()
opt = torch.optim.SGD(m.parameters(), 0.05, momentum=0.9, weight_decay=1e-4)
for i in range(60):
    x = torch.randn(16, 8)
    l = F.cross_entropy(m(x, [random.randrange(6) for _ in range(3)]), (x[:, 0] > 0).long())
    opt.zero_grad()
    l.backward()
    nn.utils.clip_grad_norm_(m.parameters(), 5.0)
    opt.step()
m.eval()
with torch.no_grad():
    print([m(torch.randn(8, 8), [k] * 3).sum().item() for k in range(6)])
