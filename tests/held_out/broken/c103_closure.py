import torch
from torch import nn

torch.manual_seed(0)


def make(net):
    opt = torch.optim.Adam(net.parameters())

    def forward(x):
        return (net(x) - x[:, :1]).pow(2).mean()

    def update(loss):
        opt.step()  # LC103
        opt.zero_grad()
        loss.backward()

    return forward, update


fwd, upd = make(nn.Linear(4, 1))
for i in range(70):
    upd(fwd(torch.randn(8, 4)))
