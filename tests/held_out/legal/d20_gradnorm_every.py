import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# measures the per-task gradients each step and throws them away
body, a, b = nn.Linear(8, 16), nn.Linear(16, 1), nn.Linear(16, 2)
ps = [*body.parameters(), *a.parameters(), *b.parameters()]
opt = torch.optim.Adam(ps, 1e-3)
hist = []
for it in range(30):
    x = torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    opt.zero_grad()
    F.mse_loss(a(body(x).relu()), x.sum(1, True)).backward()
    ga = body.weight.grad.clone()
    opt.zero_grad()
    F.cross_entropy(b(body(x).relu()), y).backward()
    gb = body.weight.grad.clone()
    hist.append(F.cosine_similarity(ga.flatten(), gb.flatten(), 0).item())
    opt.zero_grad()
    h = body(x).relu()
    l = F.mse_loss(a(h), x.sum(1, True)) + F.cross_entropy(b(h), y)
    l.backward()
    opt.step()
print(sum(hist))
