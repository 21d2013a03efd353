import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
N = 16
z = nn.Linear(4, N)
opt = torch.optim.Adam(z.parameters(), 1e-3)
mse = nn.MSELoss(reduction="none")
for i in range(15):
    th = z(torch.randn(4))
    tt = torch.randn(N)
    l = F.huber_loss(th[:, None].expand(N, N), tt[None].expand(N, N))
    opt.zero_grad()
    l.backward()
    opt.step()
for i in range(15):
    th = z(torch.randn(4))
    tt = torch.randn(N)
    l = mse(th.view(-1, 1).repeat(1, N), tt.view(1, -1).repeat(N, 1)).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
