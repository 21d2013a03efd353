import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)


def validate(n):
    net.eval()
    total = 0.0
    for _ in range(n):
        x = torch.randn(8, 4)
        total += (net(x) - x[:, :1]).abs().mean()  # LC203
    net.train()
    return total / n


for epoch in range(3):
    for i in range(25):
        x = torch.randn(8, 4)
        loss = (net(x) - x[:, :1]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(validate(5).item())
