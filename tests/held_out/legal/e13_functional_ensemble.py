import torch, torch.nn as nn, torch.nn.functional as F, copy
from torch.func import stack_module_state, functional_call, vmap

torch.manual_seed(0)
ms = [nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 2)) for _ in range(4)]
params, bufs = stack_module_state(ms)
base = copy.deepcopy(ms[0]).to("meta")
opt = torch.optim.Adam(params.values(), 1e-2)
f = lambda p, b, x: functional_call(base, (p, b), (x,))
for _ in range(20):
    x = torch.randn(16, 8)
    y = (x[:, 0] > 0).long()
    o = vmap(f, (0, 0, None))(params, bufs, x)
    l = F.cross_entropy(o.flatten(0, 1), y.repeat(4)) * 4
    opt.zero_grad()
    l.backward()
    opt.step()
with torch.no_grad():
    print(l.item(), vmap(f, (0, 0, None))(params, bufs, x).softmax(-1).var(0).mean().item())
