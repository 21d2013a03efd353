import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 8)
        self.dec = nn.Linear(8, 4)

    def forward(self, x):
        with torch.no_grad():
            z = self.enc(x)
        return self.dec(z)


torch.manual_seed(0)
net = Net()
opt = torch.optim.Adam(net.parameters())
for i in range(60):
    x = torch.randn(8, 4)
    loss = nn.functional.mse_loss(net(x), x)
    opt.zero_grad()
    loss.backward()  # LC507
    opt.step()
