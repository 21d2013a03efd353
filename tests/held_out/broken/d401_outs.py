import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
preds, targets = [], []
for i in range(80):
    x = torch.randn(8, 4)
    y = x[:, :1]
    out = net(x)
    loss = nn.functional.mse_loss(out, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    preds.extend(out)  # LC401
    targets.extend(y)
