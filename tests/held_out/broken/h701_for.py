import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=8)
net = nn.Linear(4, 1)
opt = torch.optim.Adam(net.parameters())
step = 0
while step < 60:
    for xb, yb in loader:  # LC701
        loss = nn.functional.mse_loss(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        step += 1
        break
