import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(4, 3)

    def forward(self, x, y):
        lo = self.l(x)
        return nn.functional.cross_entropy(lo, y), lo


torch.manual_seed(0)
m = torch.compile(M(), backend="eager")
opt = torch.optim.AdamW(m.parameters())
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 60)
tot = 0.0
for i in range(60):
    loss, _ = m(torch.randn(8, 4), torch.randint(0, 3, (8,)))
    tot += loss.item()
    nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    opt.step()  # LC104
    opt.zero_grad()
    sched.step()
