import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)).to(torch.bfloat16)
opt = torch.optim.AdamW(
    [{"params": net[0].parameters(), "lr": 1e-7}, {"params": net[2].parameters(), "lr": 1e-8}], weight_decay=0.0
)
for i in range(60):
    x = torch.randn(8, 4, dtype=torch.bfloat16)
    loss = (net(x) - x[:, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()  # LC805
