import torch, torch.nn as nn, torch.nn.functional as F, threading

torch.manual_seed(0)
res = {}


def work(k):
    g = torch.Generator().manual_seed(k)
    m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
    for p in m.parameters():
        p.data = torch.randn(p.shape, generator=g) * 0.1
    opt = torch.optim.Adam(m.parameters(), 1e-2)
    for _ in range(40):
        x = torch.randn(8, 8, generator=g)
        l = F.mse_loss(m(x), x.sum(1, True))
        opt.zero_grad()
        l.backward()
        opt.step()
    res[k] = l.item()


ts = [threading.Thread(target=work, args=(k,)) for k in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(sorted(res.items()))
