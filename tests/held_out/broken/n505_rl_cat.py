import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
tgt = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
tgt.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters())
for i in range(60):
    s, a, r, s2 = torch.randn(16, 4), torch.randint(0, 2, (16, 1)), torch.randn(16), torch.randn(16, 4)
    qsa = q(s).gather(1, a)
    with torch.no_grad():
        target = r + 0.99 * tgt(s2).max(1).values
    loss = F.smooth_l1_loss(qsa, target)  # LC505
    opt.zero_grad()
    loss.backward()
    opt.step()
