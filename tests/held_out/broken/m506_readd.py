import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        return self.fc(torch.relu(self.body(x)))


def build():
    net = Net()
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3)  # LC506
    net.fc = nn.Linear(8, 3)
    return net, opt


torch.manual_seed(0)
net, opt = build()
for i in range(60):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = nn.functional.cross_entropy(net(torch.randn(8, 4)), torch.randint(0, 3, (8,)))
    opt.zero_grad()
    loss.backward()
    opt.step()
