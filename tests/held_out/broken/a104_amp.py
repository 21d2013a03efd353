import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(60):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        x = torch.randn(8, 4)
        loss = (model(x) - x[:, :1]).pow(2).mean()
    opt.zero_grad()
    opt.step()  # LC104
