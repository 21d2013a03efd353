import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# worst-of-k augmentation: k forwards to choose, in eval under no_grad, then train
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(m.parameters(), 0.05)
for it in range(15):
    x = torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    worst = None
    for k in range(5):
        l = F.cross_entropy(m(x + 0.2 * torch.randn_like(x)), y)
        if worst is None or l > worst:
            worst = l
    opt.zero_grad()
    worst.backward()
    opt.step()
print(worst.item())
