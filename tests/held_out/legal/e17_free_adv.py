import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# free adversarial training: one backward for input and weights, minibatch replayed
m = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.SGD(m.parameters(), 0.05)
noise = torch.zeros(16, 8)
for i in range(8):
    x = torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    for _ in range(4):
        nb = noise.clone().requires_grad_(True)
        l = F.cross_entropy(m(x + nb), y)
        opt.zero_grad()
        l.backward()
        noise = (noise + 0.1 * nb.grad.sign()).clamp(-0.1, 0.1)
        opt.step()
print(l.item())
