import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# logs the gradient norm of each task before the real update
body, a, b = nn.Linear(8, 16), nn.Linear(16, 1), nn.Linear(16, 2)
ps = [*body.parameters(), *a.parameters(), *b.parameters()]
opt = torch.optim.Adam(ps, 1e-3)
for it in range(30):
    x = torch.randn(16, 8)
    h = body(x).relu()
    la, lb = F.mse_loss(a(h), x.sum(1, True)), F.cross_entropy(b(h), (x[:, 0] > 0).long())
    norms = []
    if it % 3 == 0:
        for l in (la, lb):
            opt.zero_grad()
            l.backward(retain_graph=True)
            norms.append(body.weight.grad.norm().item())
    opt.zero_grad()
    (la + lb).backward()
    opt.step()
print(norms)
