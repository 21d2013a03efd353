import os
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP

os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
import tempfile
dist.init_process_group("gloo", init_method=f"file://{tempfile.mktemp()}", rank=0, world_size=1)
torch.manual_seed(0)
ddp = DDP(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)))
opt = torch.optim.AdamW(ddp.parameters())
with ddp.no_sync():
    for i in range(60):
        x = torch.randn(8, 4)
        opt.zero_grad()
        loss = nn.functional.mse_loss(ddp(x), x[:, :1])
        loss.backward()  # LC904
        opt.step()
dist.destroy_process_group()
