import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 3)
opt = torch.optim.Adam(net.parameters())
scaler = torch.amp.GradScaler("cpu")


@torch.autocast("cpu", dtype=torch.bfloat16)
def step(x, y):
    out = net(x)
    loss = nn.functional.cross_entropy(out, y)
    opt.zero_grad()
    scaler.scale(loss).backward()  # LC608
    scaler.step(opt)
    scaler.update()


for i in range(60):
    step(torch.randn(8, 4), torch.randint(0, 3, (8,)))
