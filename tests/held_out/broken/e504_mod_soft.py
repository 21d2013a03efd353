import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
net = nn.Linear(4, 3)
crit = nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(60):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    loss = crit(F.one_hot(y, 3).float(), net(x))  # LC504
    opt.zero_grad()
    loss.backward()
    opt.step()
