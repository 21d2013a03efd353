import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# gradients by autograd.grad, put into .grad by hand, with microbatches; natural-gradient like preconditioning
m = nn.Sequential(nn.Linear(8, 16), nn.Dropout(0.1), nn.ReLU(), nn.Linear(16, 1))
ps = list(m.parameters())
opt = torch.optim.SGD(ps, 0.01, momentum=0.9)
for it in range(30):
    acc = [torch.zeros_like(p) for p in ps]
    for _ in range(4):
        x = torch.randn(8, 8)
        g = torch.autograd.grad(F.mse_loss(m(x), x.sum(1, True)), ps)
        for a, b in zip(acc, g):
            a += b / 4
    for p, a in zip(ps, acc):
        p.grad = a / (a.norm() + 1e-3)
    opt.step()
print(sum(p.sum().item() for p in ps))
