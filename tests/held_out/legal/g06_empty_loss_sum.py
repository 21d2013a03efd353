import torch, torch.nn as nn, torch.nn.functional as F, random

random.seed(0)
torch.manual_seed(0)
# loss over a python list of matches; frames without a match are skipped with continue
m = nn.Linear(8, 2)
opt = torch.optim.Adam(m.parameters(), 1e-2)
for it in range(40):
    x = torch.randn(6, 8)
    o = m(x)
    keep = [i for i in range(6) if random.random() < 0.1]
    if not keep:
        continue
    l = sum(o[i].pow(2).sum() for i in keep) / len(keep)
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
