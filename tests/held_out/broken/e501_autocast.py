import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
m = nn.Linear(4, 3)
opt = torch.optim.AdamW(m.parameters())
for i in range(60):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        p = torch.softmax(m(x), 1)
        loss = F.cross_entropy(p, y)  # LC501
    opt.zero_grad()
    loss.backward()
    opt.step()
