import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))
c = torch.compile(m, backend="aot_eager")
opt = torch.optim.AdamW(m.parameters(), 1e-3)
for e in range(3):
    c.train()
    for _ in range(10):
        x = torch.randn(16, 8)
        l = F.cross_entropy(c(x), (x[:, 0] > 0).long())
        opt.zero_grad(set_to_none=True)
        l.backward()
        opt.step()
    c.eval()
    with torch.no_grad():
        v = [F.cross_entropy(c(torch.randn(16, 8)), torch.randint(0, 2, (16,))).item() for _ in range(4)]
print(l.item(), v[0])
