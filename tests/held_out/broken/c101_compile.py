import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 3))
net = torch.compile(model, backend="eager")
opt = torch.optim.Adam(net.parameters())
for i in range(65):
    x, y = torch.randn(4, 4), torch.randint(0, 3, (4,))
    loss = F.cross_entropy(net(x), y)
    loss.backward()  # LC101
    opt.step()
