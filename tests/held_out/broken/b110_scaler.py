import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=16.0)
for i in range(60):
    x = torch.randn(8, 4)
    opt.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = (model(x) - x[:, :1]).pow(2).mean()
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.update()
    opt.step()  # LC110
