import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        h = torch.relu(self.body(x))
        if hasattr(self, "gate"):
            h = h * torch.sigmoid(self.gate(x))
        return self.head(h)


class Trainer:
    def __init__(self, net):
        self.net = net
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=1e-3)  # LC506

    def step(self, x):
        loss = nn.functional.mse_loss(self.net(x), x[:, :1])
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
net = Net()
t = Trainer(net)
net.gate = nn.Linear(4, 8)
for i in range(60):
    t.step(torch.randn(8, 4))
