import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)
# multiple instance learning: bag of patches, each encoded under non-reentrant checkpointing
enc = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU())
att = nn.Linear(16, 1)
cls = nn.Linear(16, 2)
params = [p for m in (enc, att, cls) for p in m.parameters()]
opt = torch.optim.Adam(params, 1e-3)
for step in range(10):
    bag = torch.randn(40, 8)
    h = torch.cat([checkpoint(enc, c, use_reentrant=False) for c in bag.split(8)])
    z = (att(h).softmax(0) * h).sum(0, keepdim=True)
    loss = F.cross_entropy(cls(z), torch.tensor([step % 2]))
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
