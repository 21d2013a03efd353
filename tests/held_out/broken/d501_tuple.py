import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.cls = nn.Linear(8, 3)
        self.act = nn.Softmax(dim=1)

    def forward(self, x):
        h = torch.tanh(self.body(x))
        logits = self.cls(h)
        return h, self.act(logits)


torch.manual_seed(0)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
crit = nn.CrossEntropyLoss()
for i in range(60):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    _, out = net(x)
    opt.zero_grad()
    loss = crit(out, y)  # LC501
    loss.backward()
    opt.step()
