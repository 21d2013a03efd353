import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class CondUNet(nn.Module):
    def __init__(s):
        super().__init__()
        s.f = nn.Linear(8 + 4, 8)
        s.bn = nn.BatchNorm1d(8)

    def forward(s, src, src_mask):
        return s.bn(s.f(torch.cat([src, src_mask.expand(len(src), -1)], 1)))


mask = torch.ones(1, 4)
m = CondUNet()
opt = torch.optim.SGD(m.parameters(), 0.01)
dl = DataLoader(TensorDataset(torch.randn(40, 8)), 8)
for e in range(3):
    for (x,) in dl:
        l = F.mse_loss(m(src_mask=mask, src=x), x)
        opt.zero_grad()
        l.backward()
        opt.step()
print(l.item())
