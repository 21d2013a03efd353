import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# zero_grad stands at the start of each training step, so the gradients of the saliency pass do no harm
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(m.parameters(), 1e-3)
for it in range(60):
    m.train()
    x = torch.randn(8, 8)
    opt.zero_grad()
    l = F.cross_entropy(m(x), (x[:, 0] > 0).long())
    l.backward()
    opt.step()
    if it % 2:
        m.eval()
        z = torch.randn(4, 8, requires_grad=True)
        m(z).max(1).values.sum().backward()
        s = z.grad.abs().mean().item()
print(s)
