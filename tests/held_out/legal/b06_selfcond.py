import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 32), nn.SiLU(), nn.Dropout(0.1), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for step in range(20):
    x0 = torch.randn(16, 2)
    t = torch.rand(16, 1)
    xt = (1 - t) * x0 + t * torch.randn_like(x0)
    cond = torch.zeros_like(x0)
    if torch.rand(()) < 0.5:
        with torch.no_grad():
            cond = net(torch.cat([xt, cond, t], 1)).detach()
    loss = F.mse_loss(net(torch.cat([xt, cond, t], 1)), x0)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
