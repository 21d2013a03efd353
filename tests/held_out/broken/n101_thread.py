import threading
import torch
from torch import nn

torch.manual_seed(0)


def train():
    net = nn.Linear(4, 1)
    opt = torch.optim.Adam(net.parameters())
    for i in range(65):
        x = torch.randn(8, 4)
        (net(x) - x[:, :1]).pow(2).mean().backward()  # LC101
        opt.step()


t = threading.Thread(target=train)
t.start()
t.join()
