import torch, torch.nn as nn, torch.nn.functional as F, itertools

torch.manual_seed(0)


def run(lr, o, drop):
    torch.manual_seed(1)
    m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(drop), nn.Linear(16, 2))
    opt = getattr(torch.optim, o)(m.parameters(), lr=lr)
    for e in range(2):
        m.train()
        for _ in range(6):
            x = torch.randn(16, 8)
            l = F.cross_entropy(m(x), (x[:, 0] > 0).long())
            opt.zero_grad()
            l.backward()
            opt.step()
        m.eval()
        with torch.no_grad():
            v = sum(F.cross_entropy(m(x := torch.randn(16, 8)), (x[:, 0] > 0).long()).item() for _ in range(4))
    return v


print(
    {
        (a, b, c): round(run(a, b, c), 3)
        for a, b, c in itertools.product([1e-3, 1e-2], ["SGD", "Adam", "Rprop", "Adagrad"], [0, 0.3])
    }
)
