import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pos = nn.Parameter(torch.zeros(1, 8))
        self.cls = nn.Parameter(torch.zeros(1, 8))
        self.l = nn.Linear(8, 3)

    def forward(self, x):
        return self.l(x + self.pos)


torch.manual_seed(0)
net = Net()
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
for i in range(60):
    x, y = torch.randn(8, 8), torch.randint(0, 3, (8,))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()  # LC507
    opt.step()
