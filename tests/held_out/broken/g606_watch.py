import torch
from loopcheck import watch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
with watch():
    for i in range(60):
        opt.zero_grad()
        scaler.scale(nn.functional.cross_entropy(net(torch.randn(8, 4)), torch.randint(0, 3, (8,)))).backward()
        scaler.step(opt)  # LC606
