import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
data = [torch.randn(8, 4) for _ in range(80)]
for epoch in range(2):
    opt.zero_grad()
    for i, x in enumerate(data):
        loss = (model(x) - x[:, :1]).pow(2).mean() / 4
        loss.backward()
        if (i + 1) % 4 == 0:
            opt.step()
            opt.zero_grad()
    opt.step()  # LC109
