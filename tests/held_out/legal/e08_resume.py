import torch, torch.nn as nn, torch.nn.functional as F, io

torch.manual_seed(0)


def build():
    m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 1))
    o = torch.optim.AdamW(m.parameters(), 1e-3)
    return m, o, torch.optim.lr_scheduler.CosineAnnealingLR(o, 8), torch.amp.GradScaler("cpu", init_scale=16.0)


def epoch(m, o, s, sc):
    m.train()
    for _ in range(8):
        x = torch.randn(8, 8)
        with torch.autocast("cpu", torch.bfloat16):
            l = F.mse_loss(m(x).float(), x.sum(1, True))
        o.zero_grad()
        sc.scale(l).backward()
        sc.step(o)
        sc.update()
    s.step()
    return l.item()


m, o, s, sc = build()
[epoch(m, o, s, sc) for _ in range(3)]
f = io.BytesIO()
torch.save({"m": m.state_dict(), "o": o.state_dict(), "s": s.state_dict(), "sc": sc.state_dict()}, f)
del m, o, s, sc
f.seek(0)
c = torch.load(f)
m, o, s, sc = build()
m.load_state_dict(c["m"])
o.load_state_dict(c["o"])
s.load_state_dict(c["s"])
sc.load_state_dict(c["sc"])
print([epoch(m, o, s, sc) for _ in range(3)])
