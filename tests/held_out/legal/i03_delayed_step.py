import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# delayed gradient (asynchronous SGD simulation): gradients of 2 iterations ago are applied
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
q = []
for it in range(40):
    x = torch.randn(8, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    q.append([p.grad.clone() for p in m.parameters()])
    if len(q) > 2:
        for p, g in zip(m.parameters(), q.pop(0)):
            p.grad = g
        opt.step()
print(l.item())
