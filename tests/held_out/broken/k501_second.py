import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.a = nn.Linear(8, 3)
        self.b = nn.Linear(8, 5)

    def forward(self, x):
        h = torch.relu(self.body(x))
        return {"kind": self.a(h), "color": F.softmax(self.b(h), dim=1)}


class Criterion:
    def __init__(self):
        self.ce = nn.CrossEntropyLoss()

    def __call__(self, out, target):
        kind = self.ce(out["kind"], target["kind"])
        color = self.ce(out["color"], target["color"])  # LC501
        return {"kind": kind, "color": color, "total": kind + 0.5 * color}


torch.manual_seed(0)
net, crit = Net(), Criterion()
opt = torch.optim.Adam(net.parameters())
for i in range(60):
    x = torch.randn(8, 4)
    t = {"kind": torch.randint(0, 3, (8,)), "color": torch.randint(0, 5, (8,))}
    losses = crit(net(x), t)
    opt.zero_grad()
    losses["total"].backward()
    opt.step()
