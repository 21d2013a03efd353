import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2))
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.body(x))


torch.manual_seed(0)
net = Net()
opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    net.train()
    for i in range(25):
        feats = net.body(torch.randn(8, 4))
        loss = nn.functional.cross_entropy(net.head(feats), torch.randint(0, 3, (8,)))
        opt.zero_grad()
        loss.backward()  # LC201
        opt.step()
        if i == 3:
            net.eval()
