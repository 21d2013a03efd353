import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# deep mutual learning, gradients do not flow into the peer
mk = lambda: nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
nets = [mk() for _ in range(3)]
opts = [torch.optim.SGD(n.parameters(), 0.05, momentum=0.9) for n in nets]
for _ in range(12):
    x, y = torch.randn(16, 8), torch.randint(0, 3, (16,))
    outs = [n(x) for n in nets]
    for i, o in enumerate(opts):
        kl = (
            sum(
                F.kl_div(F.log_softmax(outs[i], 1), F.softmax(outs[j].detach(), 1), reduction="batchmean")
                for j in range(3)
                if j != i
            )
            / 2
        )
        l = F.cross_entropy(outs[i], y) + kl
        o.zero_grad()
        l.backward()
        o.step()
print(l.item())
