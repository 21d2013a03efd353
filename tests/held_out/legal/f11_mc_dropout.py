import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class MC(nn.Module):
    def __init__(s):
        super().__init__()
        s.a, s.b, s.bn = nn.Linear(8, 32), nn.Linear(32, 1), nn.BatchNorm1d(32)
        s.d = nn.Dropout(0.2)

    def forward(s, x):
        return s.b(s.d(s.bn(s.a(x)).relu()))


def enable_dropout(m):
    for k in m.modules():
        if isinstance(k, nn.Dropout):
            k.train()


m = MC()
opt = torch.optim.Adam(m.parameters(), 1e-2)
for e in range(3):
    m.train()
    for i in range(10):
        x = torch.randn(16, 8)
        l = F.mse_loss(m(x), x.sum(1, True))
        opt.zero_grad()
        l.backward()
        opt.step()
    m.eval()
    enable_dropout(m)
    with torch.no_grad():
        s = torch.stack([m(x) for _ in range(10)])
print(s.std(0).mean().item())
