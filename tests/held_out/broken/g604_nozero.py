import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(60):
    x = torch.randn(8, 4)
    loss = (net(x) - x[:, :1]).abs().mean()
    opt.zero_grad(set_to_none=False)
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)  # LC604
    loss.backward()
    opt.step()
