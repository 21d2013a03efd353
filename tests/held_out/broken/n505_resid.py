import torch
from torch import nn

torch.manual_seed(0)


class Res(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 1)
        self.mlp = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, x):
        return self.lin(x) + self.mlp(x)


net = Res()
crit = nn.MSELoss()
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for i in range(60):
    x = torch.randn(8, 4)
    y = x.sum(1)
    loss = crit(net(x), y)  # LC505
    opt.zero_grad()
    loss.backward()
    opt.step()
