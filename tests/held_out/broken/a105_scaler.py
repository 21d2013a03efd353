import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
for i in range(60):
    opt.zero_grad(set_to_none=True)
    x = torch.randn(8, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = (model(x) - x[:, :1]).pow(2).mean()
    scaler.scale(loss).backward()  # LC105
    scaler.update()
