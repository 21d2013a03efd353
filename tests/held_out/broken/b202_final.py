import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 8, num_layers=2, dropout=0.3, batch_first=True)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        h, _ = self.lstm(x)
        return self.out(h[:, -1])


torch.manual_seed(0)
net = Net()
opt = torch.optim.Adam(net.parameters())
for i in range(70):
    x, y = torch.randn(4, 5, 4), torch.randint(0, 3, (4,))
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    hits = 0
    for i in range(10):
        x, y = torch.randn(4, 5, 4), torch.randint(0, 3, (4,))
        hits += (net(x).argmax(1) == y).sum().item()  # LC202
print(hits)
