import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# hyper-gradient: differentiable SGD unroll, learnable lr; validation losses of several batches are averaged with gradients
net = nn.Linear(8, 1)
loglr = torch.tensor(-3.0, requires_grad=True)
ho = torch.optim.Adam([loglr], 1e-2)
wo = torch.optim.SGD(net.parameters(), 0.01)
for it in range(20):
    p = dict(net.named_parameters())
    for _ in range(3):
        x = torch.randn(8, 8)
        l = F.mse_loss(torch.func.functional_call(net, p, (x,)), x.sum(1, True))
        g = torch.autograd.grad(l, list(p.values()), create_graph=True)
        p = {k: v - loglr.exp() * d for (k, v), d in zip(p.items(), g)}
    v = sum(F.mse_loss(torch.func.functional_call(net, p, (x,)), x.sum(1, True)) for x in torch.randn(4, 8, 8)) / 4
    ho.zero_grad()
    v.backward()
    ho.step()
    x = torch.randn(8, 8)
    wo.param_groups[0]["lr"] = loglr.exp().item()
    wo.zero_grad()
    F.mse_loss(net(x), x.sum(1, True)).backward()
    wo.step()
print(v.item(), loglr.item())
