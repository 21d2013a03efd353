import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.randn(32, 4)
y = x[:, :1]
loss = nn.functional.mse_loss(model(x), y)
for i in range(60):
    opt.zero_grad()
    loss.backward(retain_graph=True)  # LC107
    opt.step()
