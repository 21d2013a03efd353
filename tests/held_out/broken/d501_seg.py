import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 3, 1))
opt = torch.optim.Adam(net.parameters())


def seg_loss(out, mask):
    probs = torch.softmax(out, dim=1)
    ce = nn.functional.cross_entropy(probs, mask)  # LC501
    inter = probs[:, 1][mask == 1].sum()
    dice = 1 - (2 * inter + 1) / (probs[:, 1].sum() + (mask == 1).sum() + 1)
    return ce + dice


for i in range(60):
    x, m = torch.randn(2, 1, 8, 8), torch.randint(0, 3, (2, 8, 8))
    loss = seg_loss(net(x), m)
    opt.zero_grad()
    loss.backward()
    opt.step()
