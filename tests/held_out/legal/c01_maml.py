import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 20), nn.ReLU(), nn.Linear(20, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)


def fwd(w, x):
    return F.linear(F.relu(F.linear(x, w[0], w[1])), w[2], w[3])


for it in range(20):
    meta = 0
    for task in range(4):
        a = torch.rand(1) * 4
        x = torch.randn(10, 1)
        y = a * x.sin()
        w = list(net.parameters())
        for _ in range(2):
            g = torch.autograd.grad(F.mse_loss(fwd(w, x), y), w, create_graph=True)
            w = [p - 0.01 * q for p, q in zip(w, g)]
        xq = torch.randn(10, 1)
        meta = meta + F.mse_loss(fwd(w, xq), a * xq.sin())
    opt.zero_grad()
    (meta / 4).backward()
    opt.step()
print(meta.item())
