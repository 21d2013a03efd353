import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)


def outputs(batches):
    cached = [net(x) for x in batches]
    while True:
        yield from zip(cached, batches)


batches = [torch.randn(8, 4) for _ in range(4)]
for i, (out, x) in enumerate(outputs(batches)):
    loss = (out - x[:, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()  # LC107
    opt.step()
    if i == 60:
        break
