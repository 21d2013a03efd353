import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.att = nn.MultiheadAttention(8, 2, dropout=0.2, batch_first=True)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        h, _ = self.att(x, x, x)
        return self.out(h.mean(1))


torch.manual_seed(0)
net = Net()
opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    for i in range(25):
        x, y = torch.randn(4, 5, 8), torch.randint(0, 3, (4,))
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        for i in range(10):
            x, y = torch.randn(4, 5, 8), torch.randint(0, 3, (4,))
            net(x)  # LC202
