import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
net = torch.compile(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)), backend="eager")
opt = torch.optim.Adam(net.parameters())
for i in range(60):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    out = net(x)
    opt.zero_grad()
    F.cross_entropy(out, y).backward()
    out.pow(2).mean().backward()  # LC106
    opt.step()
