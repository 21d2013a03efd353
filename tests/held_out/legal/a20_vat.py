import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.LeakyReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
opt = torch.optim.Adam(model.parameters(), 1e-3)


def l2(d):
    return d / (d.flatten(1).norm(dim=1, keepdim=True) + 1e-8)


def vat(x, xi=1e-1, eps=1.0, ip=2):
    with torch.no_grad():
        pred = F.softmax(model(x), 1)
    d = l2(torch.rand_like(x) - 0.5)
    for _ in range(ip):
        d.requires_grad_()
        adv = F.kl_div(F.log_softmax(model(x + xi * d), 1), pred, reduction="batchmean")
        adv.backward()
        d = l2(d.grad)
        model.zero_grad()
    return F.kl_div(F.log_softmax(model(x + eps * d), 1), pred, reduction="batchmean")


for step in range(20):
    x, y, u = torch.randn(16, 8), torch.randint(0, 2, (16,)), torch.randn(16, 8)
    opt.zero_grad()
    lds = vat(u)
    loss = F.cross_entropy(model(x), y) + lds
    loss.backward()
    opt.step()
print(loss.item())
