import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# evaluation through torch.func.jacrev / autograd.functional and a score by hessian trace
m = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Dropout(0.05), nn.Linear(16, 1))
opt = torch.optim.Adam(m.parameters(), 1e-3)
for ep in range(3):
    m.train()
    for i in range(10):
        x = torch.randn(8, 3)
        l = F.mse_loss(m(x), x.sum(1, True))
        opt.zero_grad()
        l.backward()
        opt.step()
    m.eval()
    X = torch.randn(5, 3)
    J = [torch.autograd.functional.jacobian(lambda a: m(a), x) for x in X]
    H = [torch.autograd.functional.hessian(lambda a: m(a).sum(), x).trace() for x in X]
    K = torch.func.vmap(torch.func.jacrev(lambda a: m(a)))(X)
    hv = [torch.func.jvp(m, (x,), (torch.ones(3),))[1] for x in X]
    G = [torch.func.grad(lambda a: m(a).sum())(x) for x in X]
print(K.shape, sum(h.item() for h in H))
