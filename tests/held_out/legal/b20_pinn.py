import torch, torch.nn as nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))
        self.lam = nn.Parameter(torch.tensor(0.1))

    def forward(self, x, t):
        return self.f(torch.cat([x, t], 1))


net = Net()
opt = torch.optim.Adam(net.parameters(), 1e-3)
grad = lambda y, x: torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)[0]
xc, tc = torch.rand(64, 1, requires_grad=True), torch.rand(64, 1, requires_grad=True)
x0 = torch.rand(32, 1)


def residual(x, t):
    u = net(x, t)
    ux = grad(u, x)
    return grad(u, t) + u * ux - net.lam * grad(ux, x)


for e in range(20):
    opt.zero_grad()
    loss = residual(xc, tc).pow(2).mean() + (net(x0, torch.zeros_like(x0)) + torch.sin(torch.pi * x0)).pow(2).mean()
    loss.backward()
    opt.step()
lb = torch.optim.LBFGS(net.parameters(), max_iter=5, line_search_fn="strong_wolfe")


def closure():
    lb.zero_grad()
    l = residual(xc, tc).pow(2).mean() + (net(x0, torch.zeros_like(x0)) + torch.sin(torch.pi * x0)).pow(2).mean()
    l.backward()
    return l


for _ in range(5):
    l = lb.step(closure)
err = [
    residual(torch.rand(8, 1, requires_grad=True), torch.rand(8, 1, requires_grad=True)).abs().max().item()
    for _ in range(5)
]
print(l.item(), max(err))
