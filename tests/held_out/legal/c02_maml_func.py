import torch, torch.nn as nn, torch.nn.functional as F
from torch.func import functional_call, grad, vmap

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)


def loss_fn(p, x, y):
    return F.mse_loss(functional_call(net, p, (x,)), y)


def inner(p, xs, ys, xq, yq):
    for _ in range(2):
        g = grad(loss_fn)(p, xs, ys)
        p = {k: v - 0.05 * g[k] for k, v in p.items()}
    return loss_fn(p, xq, yq)


for it in range(15):
    a = torch.rand(4, 1, 1) * 3
    xs, xq = torch.randn(4, 10, 1), torch.randn(4, 10, 1)
    p = dict(net.named_parameters())
    loss = vmap(inner, in_dims=(None, 0, 0, 0, 0), randomness="different")(p, xs, a * xs.sin(), xq, a * xq.sin()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
