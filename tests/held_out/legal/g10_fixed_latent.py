import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
# GLO / auto-decoder: latents by index; deep image prior style constant input next to a loader of masks
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
z = torch.randn(1, 8)
target = torch.randn(16)
dl = DataLoader(TensorDataset((torch.rand(40, 16) > 0.5).float()), 4, shuffle=True)
opt = torch.optim.Adam(net.parameters(), 1e-2)
for e in range(3):
    for (mask,) in dl:
        o = net(z)
        l = (mask * (o - target) ** 2).mean()
        opt.zero_grad()
        l.backward()
        opt.step()
print(l.item())
