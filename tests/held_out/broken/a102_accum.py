import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(6, 2)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
crit = nn.CrossEntropyLoss()
step = 0
for i in range(240):
    x = torch.randn(10, 6)
    y = (x.sum(1) > 0).long()
    out = model(x)
    loss = crit(out, y) / 4
    loss.backward()
    if i % 4 == 3:
        opt.zero_grad()  # LC102
        opt.step()
