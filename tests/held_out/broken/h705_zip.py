import torch
from torch import nn
import torch.nn.functional as F


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(10, 8)
        self.o = nn.Linear(8, 10)

    def forward(self, t):
        return self.o(self.e(t))


torch.manual_seed(0)
net = LM()
crit = nn.CrossEntropyLoss()
opt = torch.optim.Adam(net.parameters())
for i in range(60):
    t = torch.randint(0, 10, (4, 7))
    logits = net(t)
    loss = crit(logits.view(-1, 10), t[:, 1:].reshape(-1))  # LC705
    opt.zero_grad()
    loss.backward()
    opt.step()
