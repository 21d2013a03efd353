import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
data = torch.randn(480, 4)
target = data[:, :1].clone()
target[333] = float("nan")
loader = DataLoader(TensorDataset(data, target), batch_size=8)
net = nn.Linear(4, 1)
opt = torch.optim.Adam(net.parameters())
for x, y in loader:
    pred = net(x)
    loss = nn.functional.mse_loss(pred, y)
    opt.zero_grad()
    loss.backward()  # LC801
    opt.step()
