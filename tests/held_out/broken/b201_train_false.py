import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.01)


def run(train, n):
    net.train(False)
    tot = 0.0
    for i in range(n):
        x = torch.randn(8, 4)
        with torch.set_grad_enabled(train):
            loss = (net(x) - x[:, :1]).pow(2).mean()
        if train:
            opt.zero_grad()
            loss.backward()  # LC201
            opt.step()
        tot += loss.item()
    return tot


for epoch in range(4):
    run(True, 20)
    run(False, 5)
