import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 4, 3)
        self.f = nn.Linear(4 * 36, 10)

    def forward(self, x):
        return self.f(F.relu(self.c(x)).flatten(1))


def train(model, opt, n):
    model.train()
    for i in range(n):
        x, y = torch.randn(4, 1, 8, 8), torch.randint(0, 10, (4,))
        opt.zero_grad()
        output = model(x)
        loss = F.nll_loss(output, y)  # LC503
        loss.backward()
        opt.step()


torch.manual_seed(0)
m = Net()
train(m, torch.optim.Adadelta(m.parameters()), 60)
