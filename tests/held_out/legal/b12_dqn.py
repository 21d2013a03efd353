import torch, torch.nn as nn, torch.nn.functional as F, random, collections

random.seed(0)
torch.manual_seed(0)
T = collections.namedtuple("T", "s a r n d")
q, tq = [nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2)) for _ in range(2)]
tq.load_state_dict(q.state_dict())
tq.eval()
opt = torch.optim.AdamW(q.parameters(), 1e-3, amsgrad=True)
mem = collections.deque(maxlen=500)
crit = nn.SmoothL1Loss()


def act(s, eps):
    if random.random() < eps:
        return random.randrange(2)
    with torch.no_grad():
        return q(s[None]).max(1)[1].item()


def learn():
    if len(mem) < 16:
        return
    b = T(*zip(*random.sample(mem, 16)))
    s = torch.stack(b.s)
    a = torch.tensor(b.a)[:, None]
    r = torch.tensor(b.r)
    n = torch.stack(b.n)
    nd = 1 - torch.tensor(b.d)
    sa = q(s).gather(1, a)
    with torch.no_grad():
        nv = tq(n).max(1)[0]
    loss = crit(sa, (nv * 0.99 * nd + r).unsqueeze(1))
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(q.parameters(), 100)
    opt.step()
    return loss.item()


for ep in range(6):
    s = torch.randn(4)
    for t in range(20):
        a = act(s, 0.9 - ep * 0.1)
        n = s * 0.9 + 0.1 * (a - 0.5) + 0.05 * torch.randn(4)
        mem.append(T(s, a, float(n.sum()), n, float(t == 19)))
        s = n
        l = learn()
        ts = tq.state_dict()
        qs = q.state_dict()
        for k in qs:
            ts[k] = qs[k] * 0.005 + ts[k] * 0.995
        tq.load_state_dict(ts)
print(l)
