import torch, torch.nn as nn

torch.manual_seed(0)
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
for i in range(30):
    x = torch.randn(16, 8)
    t = torch.rand(16)
    e = torch.rand(16) < 0.7
    h = m(x)
    R = (t[None] >= t[:, None]).float()
    lse = torch.logsumexp(h.T + torch.log(R + 1e-9), 1, keepdim=True)
    l = -((h - lse) * e[:, None]).sum() / e.sum()
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
