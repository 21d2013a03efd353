import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)


class Callback:
    def __getattr__(s, n):
        if n.startswith("on_"):
            return lambda *a: None
        raise AttributeError(n)


class EarlyStop(Callback):
    def __init__(s, p):
        s.p, s.b, s.c = p, 1e9, 0

    def on_val_end(s, t):
        if t.val < s.b - 1e-4:
            s.b, s.c = t.val, 0
            t.best = {k: v.clone() for k, v in t.model.state_dict().items()}
        else:
            s.c += 1
            t.stop = s.c >= s.p


class GradLog(Callback):
    def __init__(s):
        s.h = []

    def on_after_backward(s, t):
        s.h.append({n: p.grad.norm() for n, p in t.model.named_parameters() if p.grad is not None})


class Trainer:
    def __init__(s, model, opt, sched, cbs, accum=1):
        s.model, s.opt, s.sched, s.cbs, s.accum, s.stop = model, opt, sched, cbs, accum, False

    def call(s, n):
        [getattr(c, n)(s) for c in s.cbs]

    def fit(s, tr, va, n):
        for s.epoch in range(n):
            s.model.train()
            for i, b in enumerate(tr):
                s.training_step(b, i)
            s.validate(va)
            s.sched.step(s.val)
            if s.stop:
                break
        s.model.load_state_dict(s.best)

    def training_step(s, b, i):
        x, y = b
        s.loss = F.cross_entropy(s.model(x), y) / s.accum
        s.loss.backward()
        s.call("on_after_backward")
        if (i + 1) % s.accum == 0:
            s.opt.step()
            s.opt.zero_grad()
            s.call("on_step")

    @torch.inference_mode()
    def validate(s, dl):
        s.model.eval()
        s.val = sum(F.cross_entropy(s.model(x), y).item() for x, y in dl) / len(dl)
        s.call("on_val_end")


X = torch.randn(160, 8)
tr, va = random_split(TensorDataset(X, (X[:, 0] > 0).long()), [120, 40])
m = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(m.parameters(), 1e-2)
g = GradLog()
t = Trainer(m, opt, torch.optim.lr_scheduler.ReduceLROnPlateau(opt), [EarlyStop(3), g], 2)
t.fit(DataLoader(tr, 10, shuffle=True), DataLoader(va, 10), 10)
print(t.val, len(g.h))
