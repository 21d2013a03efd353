import torch, torch.nn as nn, torch.nn.functional as F, argparse
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
# main.py --evaluate: robust accuracy of a checkpoint; the optimizer is built either way
ap = argparse.ArgumentParser()
ap.add_argument("--evaluate", action="store_true", default=True)
args = ap.parse_args([])
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
X = torch.randn(128, 8)
loader = DataLoader(TensorDataset(X, (X.sum(1) > 0).long()), batch_size=8)


def fgsm(x, y, eps):
    x = x.clone().requires_grad_(True)
    loss = F.cross_entropy(model(x), y)
    model.zero_grad()
    loss.backward()
    return (x + eps * x.grad.sign()).detach()


def robust():
    model.eval()
    hits = 0
    for x, y in loader:
        adv = fgsm(x, y, 0.1)
        with torch.no_grad():
            hits += (model(adv).argmax(1) == y).sum().item()
    return hits / 128


if args.evaluate:
    print(robust())
