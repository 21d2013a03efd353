import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Linear(8, 1)
cut = nn.Parameter(torch.linspace(-1, 1, 4))
opt = torch.optim.Adam([*m.parameters(), cut], 1e-2)
for i in range(30):
    x = torch.randn(16, 8)
    y = torch.randint(0, 5, (16,))
    c = torch.sigmoid(cut - m(x))
    p = torch.cat([c[:, :1], c[:, 1:] - c[:, :-1], 1 - c[:, -1:]], 1).clamp_min(1e-6)
    l = F.nll_loss(p.log(), y)
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
