import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class LoRA(nn.Module):
    def __init__(s, l, r=2):
        super().__init__()
        s.l = l.requires_grad_(False)
        s.A, s.B = nn.Parameter(torch.randn(r, l.in_features) * 0.1), nn.Parameter(torch.zeros(l.out_features, r))
        s.d = nn.Dropout(0.1)

    def forward(s, x):
        return s.l(x) + s.d(x) @ s.A.T @ s.B.T


base = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))
base[0], base[3] = LoRA(base[0]), LoRA(base[3])
o = torch.optim.AdamW([p for p in base.parameters() if p.requires_grad], 1e-2)
for it in range(30):
    base.train()
    x = torch.randn(8, 8)
    l = F.cross_entropy(base(x), (x[:, 0] > 0).long())
    o.zero_grad()
    l.backward()
    o.step()
print(l.item())
