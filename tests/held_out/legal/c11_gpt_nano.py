import torch, torch.nn as nn, torch.nn.functional as F, math, contextlib

torch.manual_seed(0)


class Block(nn.Module):
    def __init__(s, d=16):
        super().__init__()
        s.l1, s.l2 = nn.LayerNorm(d), nn.LayerNorm(d)
        s.qkv, s.p = nn.Linear(d, 3 * d), nn.Linear(d, d)
        s.m = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d), nn.Dropout(0.1))

    def forward(s, x):
        B, T, C = x.shape
        q, k, v = [a.view(B, T, 2, C // 2).transpose(1, 2) for a in s.qkv(s.l1(x)).split(C, 2)]
        x = x + s.p(
            F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=0.1 if s.training else 0)
            .transpose(1, 2)
            .reshape(B, T, C)
        )
        return x + s.m(s.l2(x))


class GPT(nn.Module):
    def __init__(s):
        super().__init__()
        s.w, s.pe = nn.Embedding(20, 16), nn.Embedding(16, 16)
        s.b = nn.ModuleList(Block() for _ in range(2))
        s.h = nn.Linear(16, 20, bias=False)
        s.w.weight = s.h.weight

    def forward(s, i, t=None):
        x = s.w(i) + s.pe(torch.arange(i.shape[1]))
        for b in s.b:
            x = b(x)
        if t is None:
            return s.h(x[:, [-1]]), None
        o = s.h(x)
        return o, F.cross_entropy(o.view(-1, 20), t.view(-1), ignore_index=-1)

    def optim(s):
        p = [q for q in s.parameters()]
        return torch.optim.AdamW(
            [
                {"params": [q for q in p if q.dim() > 1], "weight_decay": 0.1},
                {"params": [q for q in p if q.dim() < 2], "weight_decay": 0.0},
            ],
            6e-3,
            betas=(0.9, 0.95),
        )


data = torch.randint(0, 20, (500,))
m = GPT()
opt = m.optim()
scaler = torch.amp.GradScaler("cpu", enabled=False)
ctx = torch.autocast("cpu", torch.bfloat16)


def get():
    i = torch.randint(0, 480, (4,))
    return torch.stack([data[j : j + 16] for j in i]), torch.stack([data[j + 1 : j + 17] for j in i])


@torch.no_grad()
def est():
    out = {}
    m.eval()
    for sp in ("train", "val"):
        L = torch.zeros(4)
        for k in range(4):
            X, Y = get()
            with ctx:
                _, l = m(X, Y)
            L[k] = l.item()
        out[sp] = L.mean()
    m.train()
    return out


X, Y = get()
it = 0
while True:
    lr = 6e-3 * (it + 1) / 5 if it < 4 else 6e-4 + 0.5 * (1 + math.cos(math.pi * it / 20)) * 5e-3
    for g in opt.param_groups:
        g["lr"] = lr
    if it % 8 == 0:
        print(it, est()["val"].item())
    for micro in range(3):
        with ctx:
            _, loss = m(X, Y)
            loss = loss / 3
        X, Y = get()
        scaler.scale(loss).backward()
    scaler.unscale_(opt)
    nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    scaler.step(opt)
    scaler.update()
    opt.zero_grad(set_to_none=True)
    it += 1
    if it > 20:
        break
