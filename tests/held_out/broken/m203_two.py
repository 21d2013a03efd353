import torch
from torch import nn

torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1))
dec = nn.Linear(8, 4)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()])


def evaluate(n):
    enc.eval()
    dec.eval()
    tot = 0.0
    for _ in range(n):
        x = torch.randn(8, 4)
        rec = dec(enc(x))  # LC203
        tot += (rec - x).abs().mean().item()
    enc.train()
    dec.train()
    return tot


for epoch in range(3):
    for i in range(25):
        x = torch.randn(8, 4)
        loss = (dec(enc(x)) - x).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    evaluate(6)
