import torch
from dataclasses import dataclass, field
from torch import nn


@dataclass
class State:
    step: int = 0
    losses: list = field(default_factory=list)
    best: float = 1e9


def run_step(net, opt, state, x):
    out = net(x)
    loss = nn.functional.mse_loss(out, x[:, :1])
    opt.zero_grad()
    loss.backward()
    opt.step()
    state.step += 1
    state.losses.append(loss)  # LC401
    return state


torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
state = State()
while state.step < 80:
    state = run_step(net, opt, state, torch.randn(8, 4))
