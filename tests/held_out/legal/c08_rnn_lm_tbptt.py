import torch, torch.nn as nn, math

torch.manual_seed(0)


class LM(nn.Module):
    def __init__(s):
        super().__init__()
        s.e = nn.Embedding(30, 16)
        s.r = nn.LSTM(16, 16, 2, dropout=0.2)
        s.d = nn.Dropout(0.2)
        s.o = nn.Linear(16, 30)
        s.o.weight = s.e.weight

    def forward(s, x, h):
        y, h = s.r(s.d(s.e(x)), h)
        return s.o(s.d(y)).view(-1, 30), h

    def init(s, b):
        w = next(s.parameters())
        return w.new_zeros(2, b, 16), w.new_zeros(2, b, 16)


def repackage(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage(v) for v in h)


data = torch.randint(0, 30, (60, 4))
m = LM()
crit = nn.CrossEntropyLoss()
lr = 20.0


def batch(i, n=10):
    k = min(n, len(data) - 1 - i)
    return data[i : i + k], data[i + 1 : i + 1 + k].view(-1)


def evaluate():
    m.eval()
    tot = 0
    h = m.init(4)
    with torch.no_grad():
        for i in range(0, 59, 10):
            x, y = batch(i)
            o, h = m(x, h)
            h = repackage(h)
            tot += len(x) * crit(o, y).item()
    return tot / 59


best = None
for ep in range(3):
    m.train()
    h = m.init(4)
    total = 0.0
    for i in range(0, 59, 10):
        x, y = batch(i)
        m.zero_grad()
        h = repackage(h)
        o, h = m(x, h)
        l = crit(o, y)
        l.backward()
        nn.utils.clip_grad_norm_(m.parameters(), 0.25)
        for p in m.parameters():
            p.data.add_(p.grad, alpha=-lr)
        total += l.item()
    v = evaluate()
    if best is None or v < best:
        best = v
    else:
        lr /= 4
print(best)
