import torch
from torch import nn
import torch.nn.functional as F


def focal(logits, y, gamma=2.0):
    ce = F.cross_entropy(logits, y, reduction="none")
    return (1 - torch.exp(-ce)) ** gamma * ce


torch.manual_seed(0)
model = nn.Linear(4, 3)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for i in range(60):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    loss = focal(model(x), y)
    opt.zero_grad()
    loss.backward()  # LC112
    opt.step()
