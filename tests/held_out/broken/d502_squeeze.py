import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(4, 1)

    def forward(self, x):
        return torch.sigmoid(self.l(x)).squeeze(-1)


torch.manual_seed(0)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(60):
    x = torch.randn(8, 4)
    y = (x.sum(1) > 0).float()
    opt.zero_grad()
    loss = F.binary_cross_entropy_with_logits(net(x), y, pos_weight=torch.tensor(2.0))  # LC502
    loss.backward()
    opt.step()
