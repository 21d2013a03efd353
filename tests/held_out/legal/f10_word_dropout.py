import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


# input corruption of a denoising autoencoder lives in the training step; weight drop inside forward with self.training
class WD(nn.Module):
    def __init__(s):
        super().__init__()
        s.r = nn.Linear(8, 16)
        s.o = nn.Linear(16, 8)

    def forward(s, x):
        w = F.dropout(s.r.weight, 0.3, s.training)
        h = F.linear(x, w, s.r.bias).relu()
        if s.training:
            h = F.dropout(h, 0.2)
        return s.o(h)


m = WD()
opt = torch.optim.Adam(m.parameters(), 1e-3)
for e in range(3):
    m.train()
    for i in range(10):
        x = torch.randn(8, 8)
        l = F.mse_loss(m(F.dropout(x, 0.2)), x)
        opt.zero_grad()
        l.backward()
        opt.step()
    m.eval()
    with torch.no_grad():
        v = [F.mse_loss(m(x), x).item() for _ in range(4)]
print(v)
