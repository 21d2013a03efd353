import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# SAC-like: actor loss's backward pollutes the critic's grads, critic's zero_grad comes before its own backward
a, c = nn.Linear(4, 2), nn.Linear(6, 1)
oa, oc = torch.optim.Adam(a.parameters(), 1e-3), torch.optim.Adam(c.parameters(), 1e-3)
oc.zero_grad()
oa.zero_grad()
for i in range(30):
    s, ac, r = torch.randn(8, 4), torch.randn(8, 2), torch.randn(8, 1)
    lc = F.mse_loss(c(torch.cat([s, ac], 1)), r)
    lc.backward()
    oc.step()
    la = -c(torch.cat([s, a(s)], 1)).mean()
    la.backward()
    oa.step()
    oa.zero_grad()
    oc.zero_grad()
print(lc.item())
