import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 8)
        self.b = nn.Linear(8, 3)

    def forward(self, x, mask=None):
        return self.b(torch.relu(self.a(x)))


def train_step(model, opt, crit, x, y):
    opt.zero_grad()
    logits = model.forward(x, mask=None)  # LC111
    loss = crit(logits, y)
    loss.backward()
    opt.step()
    return loss.item()


torch.manual_seed(0)
model = Net()
opt = torch.optim.Adam(model.parameters())
for i in range(60):
    train_step(model, opt, nn.CrossEntropyLoss(), torch.randn(8, 4), torch.randint(0, 3, (8,)))
