import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
opt = torch.optim.SGD(m.parameters(), 0.05, momentum=0.9)


def trades(x, y):
    kl = nn.KLDivLoss(reduction="sum")
    m.eval()
    a = x.detach() + 0.001 * torch.randn_like(x)
    for _ in range(4):
        a.requires_grad_()
        with torch.enable_grad():
            k = kl(F.log_softmax(m(a), 1), F.softmax(m(x), 1))
        g = torch.autograd.grad(k, [a])[0]
        a = (a.detach() + 0.02 * g.sign()).clamp(x - 0.1, x + 0.1)
    m.train()
    opt.zero_grad()
    lo = m(x)
    return F.cross_entropy(lo, y) + 6 / len(x) * kl(F.log_softmax(m(a), 1), F.softmax(lo, 1))


def pgd(x, y):
    d = torch.zeros_like(x).uniform_(-0.1, 0.1)
    for _ in range(3):
        d.requires_grad_()
        l = F.cross_entropy(m(x + d), y)
        l.backward()
        d = (d + 0.05 * d.grad.sign()).clamp(-0.1, 0.1).detach()
    return x + d


for i in range(20):
    x = torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    l = trades(x, y)
    l.backward()
    opt.step()
for i in range(20):
    x = torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    a = pgd(x, y)
    opt.zero_grad()
    l = F.cross_entropy(m(a), y)
    l.backward()
    opt.step()
print(l.item())
