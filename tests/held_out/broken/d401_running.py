import torch
from torch import nn


def train_epoch(net, opt, n):
    running_loss = 0.0
    correct = 0
    for i in range(n):
        x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
        opt.zero_grad()
        out = net(x)
        loss = nn.functional.cross_entropy(out, y)
        loss.backward()
        opt.step()
        running_loss = running_loss + loss * x.size(0)  # LC401
        correct += (out.argmax(1) == y).sum().item()
    return running_loss / n, correct


torch.manual_seed(0)
net = nn.Linear(4, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for e in range(3):
    print(train_epoch(net, opt, 30))
