import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.01)


def accuracy(model, batches):
    hit = n = 0
    with torch.no_grad():
        for x, y in batches:
            hit += (predict(model, x) == y).sum().item()
            n += len(y)
    return hit / n


def predict(model, x):
    return model(x).argmax(1)  # LC202


def gen(n):
    for _ in range(n):
        yield torch.randn(8, 4), torch.randint(0, 3, (8,))


for epoch in range(3):
    for x, y in gen(25):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        opt.step()
    print(accuracy(net, gen(5)))
