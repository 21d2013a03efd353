import os
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP

os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
import tempfile
dist.init_process_group("gloo", init_method=f"file://{tempfile.mktemp()}", rank=0, world_size=1)


class Trainer:
    def __init__(self, net):
        self.model = DDP(net)
        self.opt = torch.optim.SGD(self.model.parameters(), lr=0.1)

    def loss(self, x):
        out = self.model.module(x)  # LC901
        return (out - x[:, :1]).pow(2).mean()

    def step(self, x):
        self.opt.zero_grad()
        loss = self.loss(x)
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
t = Trainer(nn.Linear(4, 1))
for i in range(60):
    t.step(torch.randn(8, 4))
dist.destroy_process_group()
