"""Cleared between backward and step, at module level, with tqdm and a scheduler."""

import torch
from tqdm import trange

net = torch.nn.Linear(2, 2)
opt = torch.optim.Adam(net.parameters())
sched = torch.optim.lr_scheduler.StepLR(opt, 10)
for _ in trange(10):
    x = torch.randn(4, 2)
    loss = net(x).square().sum()
    loss.backward()
    opt.zero_grad()  # LC102
    opt.step()
    sched.step()
