import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# online learner predicts each sample first (prequential), trains only when a label arrives
m = nn.Linear(8, 2)
opt = torch.optim.SGD(m.parameters(), 0.05)
hits = 0
for t in range(120):
    x = torch.randn(1, 8)
    y = (x[:, 0] > 0).long()
    out = m(x)
    hits += (out.argmax(1) == y).item()
    if t % 6:
        continue
    l = F.cross_entropy(out, y)
    opt.zero_grad()
    l.backward()
    opt.step()
print(hits)
