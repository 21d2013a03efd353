import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# several models clipped together, adaptive clip, value clip per group, norm logged by get_total_norm
a, b = nn.Linear(8, 8), nn.Linear(8, 1)
oa, ob = torch.optim.SGD(a.parameters(), 0.01), torch.optim.SGD(b.parameters(), 0.01)
for it in range(30):
    x = torch.randn(8, 8)
    l = F.mse_loss(b(a(x).relu()), x.sum(1, True))
    (oa if it % 2 else ob).zero_grad()
    oa.zero_grad()
    ob.zero_grad()
    l.backward()
    n = nn.utils.get_total_norm([p.grad for p in a.parameters()])
    nn.utils.clip_grad_norm_([*a.parameters(), *b.parameters()], 1.0)
    oa.step()
    nn.utils.clip_grad_value_(b.parameters(), 0.1)
    ob.step()
print(n.item())
