import torch
from loopcheck import watch
from torch import nn


@watch
def train(n):
    model = nn.Linear(4, 3)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for i in range(n):
        opt.zero_grad()
        x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
        loss = nn.functional.cross_entropy(model(x), y)
        opt.step()  # LC103
        loss.backward()


torch.manual_seed(0)
train(60)
