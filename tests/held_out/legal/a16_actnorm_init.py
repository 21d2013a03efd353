import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
# BN statistics are warmed up with a few batches before training starts
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(model.parameters(), 1e-3)
loader = DataLoader(TensorDataset(torch.randn(64, 8), torch.randn(64, 1)), batch_size=8, shuffle=True)


def calibrate_bn(model, loader, n=8):
    model.train()
    with torch.no_grad():
        for i, (x, _) in enumerate(loader):
            if i == n:
                break
            model(x)


calibrate_bn(model, loader)
for epoch in range(3):
    model.train()
    for x, y in loader:
        opt.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        opt.step()
calibrate_bn(model, loader)
model.eval()
with torch.no_grad():
    print(sum(F.mse_loss(model(x), y).item() for x, y in loader))
