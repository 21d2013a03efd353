import torch, torch.nn as nn, torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm, orthogonal

torch.manual_seed(0)
D = nn.Sequential(spectral_norm(nn.Linear(2, 16)), nn.LeakyReLU(0.1), spectral_norm(nn.Linear(16, 1)))
G = nn.Sequential(orthogonal(nn.Linear(4, 4)), nn.ReLU(), nn.Linear(4, 2))
od, og = (
    torch.optim.Adam(D.parameters(), 4e-4, betas=(0.0, 0.9)),
    torch.optim.Adam(G.parameters(), 1e-4, betas=(0.0, 0.9)),
)
for i in range(25):
    od.zero_grad(set_to_none=True)
    z = torch.randn(8, 4)
    ld = F.relu(1 - D(torch.randn(8, 2))).mean() + F.relu(1 + D(G(z).detach())).mean()
    ld.backward()
    od.step()
    if i % 2 == 0:
        og.zero_grad(set_to_none=True)
        lg = -D(G(z)).mean()
        lg.backward()
        og.step()
print(ld.item())
