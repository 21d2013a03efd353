import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# model has dropout only: enabling the dropout layers after eval() = all changing layers train
m = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
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
    for k in m.modules():
        if k.__class__.__name__.startswith("Dropout"):
            k.train()
    with torch.no_grad():
        s = torch.stack([m(x) for _ in range(10)])
print(s.std(0).mean().item())
