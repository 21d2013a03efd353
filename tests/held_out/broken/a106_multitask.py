import torch
from torch import nn
import torch.nn.functional as F


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 8), nn.Tanh())
        self.a = nn.Linear(8, 1)
        self.b = nn.Linear(8, 3)

    def forward(self, x):
        h = self.trunk(x)
        return self.a(h), self.b(h)


torch.manual_seed(0)
model = MultiTask()
opt = torch.optim.Adam(model.parameters())
for i in range(60):
    x = torch.randn(8, 4)
    ra, rb = model(x)
    opt.zero_grad()
    F.mse_loss(ra, x[:, :1]).backward()
    F.cross_entropy(rb, torch.randint(0, 3, (8,))).backward()  # LC106
    opt.step()
