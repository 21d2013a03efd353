import torch
from torch import nn
import torch.nn.functional as F

dev = torch.device("meta")
net = nn.Linear(4, 3).to(dev)
weights = torch.tensor([1.0, 2.0, 0.5])
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(60):
    x, y = torch.randn(8, 4, device=dev), torch.randint(0, 3, (8,), device=dev)
    loss = F.cross_entropy(net(x), y, weight=weights)  # LC301
    opt.zero_grad()
    loss.backward()
    opt.step()
