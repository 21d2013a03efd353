import torch
from torch import nn
import torch.nn.functional as F


class Multi(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.out = nn.Linear(8, 5)

    def forward(self, x, labels=None):
        p = torch.sigmoid(self.out(torch.relu(self.body(x))))
        loss = None
        if labels is not None:
            loss = F.binary_cross_entropy_with_logits(p, labels)  # LC502
        return {"loss": loss, "probs": p}


torch.manual_seed(0)
m = Multi()
opt = torch.optim.Adam(m.parameters())
for i in range(60):
    out = m(torch.randn(8, 4), torch.randint(0, 2, (8, 5)).float())
    opt.zero_grad()
    out["loss"].backward()
    opt.step()
