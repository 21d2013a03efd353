import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())
head = nn.Linear(8, 3)
opt = torch.optim.Adam([*enc.parameters(), *head.parameters()])


def evaluate():
    enc.eval()
    head.eval()
    with torch.no_grad():
        r = F.cross_entropy(head(enc(torch.randn(16, 4))), torch.randint(0, 3, (16,))).item()
    head.train()
    return r


for epoch in range(4):
    for i in range(25):
        x, y = torch.randn(4, 4), torch.randint(0, 3, (4,))
        loss = F.cross_entropy(head(enc(x)), y)
        opt.zero_grad()
        loss.backward()  # LC201
        opt.step()
    evaluate()
