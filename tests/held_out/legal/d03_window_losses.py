import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# keeps the last 10 losses as tensors for a plot, drops older ones
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
recent = []
for it in range(120):
    x = torch.randn(8, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    opt.step()
    recent.append(l)
    recent = recent[-10:]
    if it % 20 == 19:
        print(round(sum(recent).item() / 10, 4))
