import os
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(4, 3)

    def forward(self, x):
        return self.l(x)

    def training_loss(self, x, y):
        return nn.functional.cross_entropy(self(x), y)  # LC901


def main():
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    import tempfile
    dist.init_process_group("gloo", init_method=f"file://{tempfile.mktemp()}", rank=0, world_size=1)
    net = Net()
    ddp = DDP(net)
    opt = torch.optim.SGD(ddp.parameters(), lr=0.1)
    for i in range(60):
        opt.zero_grad()
        loss = ddp.module.training_loss(torch.randn(8, 4), torch.randint(0, 3, (8,)))
        loss.backward()
        opt.step()
    dist.destroy_process_group()


torch.manual_seed(0)
main()
