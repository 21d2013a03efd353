import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.main = nn.Linear(16, 2)
        self.aux = nn.Linear(16, 2)

    def forward(self, x):
        h = self.body(x).relu()
        return self.main(h), self.aux(h)


m = Net()
opt = torch.optim.SGD(m.parameters(), 0.05)
for epoch in range(10):
    for _ in range(8):
        x = torch.randn(8, 8)
        y = (x[:, 0] > 0).long()
        a, b = m(x)
        loss = F.cross_entropy(a, y)
        if epoch >= 8:
            loss = loss + 0.3 * F.cross_entropy(b, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
