import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(4):
    for i in range(20):
        x = torch.randn(8, 4)
        opt.zero_grad()
        (model(x) - x[:, :1]).pow(2).mean().backward()
        opt.step()
    opt.step()  # LC110
