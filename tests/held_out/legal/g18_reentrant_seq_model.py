import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(0)
# time-unrolled conv-GRU; each time step is checkpointed (reentrant) from the training function
cell = nn.Sequential(nn.Linear(16, 16), nn.Dropout(0.1), nn.Tanh())
head = nn.Linear(8, 1)
opt = torch.optim.Adam([*cell.parameters(), *head.parameters()], 1e-3)
for it in range(12):
    xs = torch.randn(6, 4, 8)
    h = torch.zeros(4, 8, requires_grad=True)
    for x in xs:
        h = checkpoint(lambda a, b: cell(torch.cat([a, b], 1))[:, :8], x, h, use_reentrant=True)
    l = F.mse_loss(head(h), xs.sum((0, 2))[:, None])
    opt.zero_grad()
    l.backward()
    nn.utils.clip_grad_norm_(cell.parameters(), 1.0)
    opt.step()
print(l.item())
