import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 4, 3)
        self.l = nn.Linear(4 * 36, 3)

    def forward(self, x):
        x = F.dropout2d(F.relu(self.c(x)), p=0.2)  # LC205
        return self.l(x.flatten(1))


def evaluate(m):
    m.eval()
    with torch.no_grad():
        for _ in range(3):
            m(torch.randn(2, 1, 8, 8))
    m.train()


torch.manual_seed(0)
m = Net()
o = torch.optim.SGD(m.parameters(), lr=0.01)
for e in range(3):
    for i in range(25):
        x, y = torch.randn(4, 1, 8, 8), torch.randint(0, 3, (4,))
        o.zero_grad()
        F.cross_entropy(m(x), y).backward()
        o.step()
    evaluate(m)
