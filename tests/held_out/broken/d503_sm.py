import torch
from torch import nn


class T:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=-1))
        self.loss_fn = nn.NLLLoss(weight=torch.tensor([1.0, 2.0, 1.0]))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def step(self, x, y):
        out = self.net(x)
        loss = self.loss_fn(out, y)  # LC503
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()


torch.manual_seed(0)
t = T()
for i in range(60):
    t.step(torch.randn(8, 4), torch.randint(0, 3, (8,)))
