import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)
# first order MAML: inner optimizer on a copy, query gradients moved to the meta net
meta = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
outer = torch.optim.Adam(meta.parameters(), 1e-3)
for it in range(12):
    outer.zero_grad()
    for task in range(3):
        w = torch.randn(4, 1)
        fast = copy.deepcopy(meta)
        inner = torch.optim.SGD(fast.parameters(), 0.05)
        for _ in range(3):
            x = torch.randn(8, 4)
            l = F.mse_loss(fast(x), x @ w)
            inner.zero_grad()
            l.backward()
            inner.step()
        x = torch.randn(8, 4)
        q = F.mse_loss(fast(x), x @ w)
        fast.zero_grad()
        q.backward()
        for p, f in zip(meta.parameters(), fast.parameters()):
            p.grad = f.grad.clone() / 3 if p.grad is None else p.grad + f.grad / 3
    outer.step()
print(q.item())
