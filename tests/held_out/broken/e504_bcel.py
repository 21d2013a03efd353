import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)


def compute(x, y):
    logits = net(x)
    return F.binary_cross_entropy_with_logits(y, logits)  # LC504


for i in range(60):
    x = torch.randn(8, 4)
    loss = compute(x, (x.sum(1, keepdim=True) > 0).float())
    opt.zero_grad()
    loss.backward()
    opt.step()
