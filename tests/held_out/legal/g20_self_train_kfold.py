import torch, torch.nn as nn, torch.nn.functional as F, copy
from torch.utils.data import DataLoader, TensorDataset, Subset, ConcatDataset

torch.manual_seed(0)
X = torch.randn(90, 8)
ds = TensorDataset(X, (X[:, 0] > 0).long())
scores = []
for k in range(3):
    va = list(range(k * 30, k * 30 + 30))
    tr = [i for i in range(90) if i not in va]
    m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 2))
    opt = torch.optim.Adam(m.parameters(), 1e-2)
    sch = torch.optim.lr_scheduler.OneCycleLR(opt, 1e-2, epochs=3, steps_per_epoch=6)
    best = (-1, None)
    for e in range(3):
        m.train()
        for x, y in DataLoader(Subset(ds, tr), 10, shuffle=True):
            l = F.cross_entropy(m(x), y)
            opt.zero_grad()
            l.backward()
            opt.step()
            sch.step()
        m.train(False)
        with torch.set_grad_enabled(False):
            a = sum((m(x).argmax(1) == y).float().sum().item() for x, y in DataLoader(Subset(ds, va), 10)) / 30
        if a > best[0]:
            best = (a, copy.deepcopy(m))
    scores.append(best[0])
print(scores)
