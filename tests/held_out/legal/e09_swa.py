import torch, torch.nn as nn, torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel, SWALR, update_bn, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X = torch.randn(64, 8)
dl = DataLoader(TensorDataset(X, (X[:, 0] > 0).long()), 8, shuffle=True)
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(m.parameters(), 0.05)
swa = AveragedModel(m)
ema = AveragedModel(m, multi_avg_fn=get_ema_multi_avg_fn(0.9))
sc = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 3)
ss = SWALR(opt, 0.01, anneal_epochs=2)
for e in range(6):
    for x, y in dl:
        l = F.cross_entropy(m(x), y)
        opt.zero_grad()
        l.backward()
        opt.step()
        ema.update_parameters(m)
    if e > 3:
        swa.update_parameters(m)
        ss.step()
    else:
        sc.step()
update_bn(dl, swa)
update_bn(dl, ema)
swa.eval()
with torch.no_grad():
    print(sum((swa(x).argmax(1) == y).sum().item() for x, y in dl))
