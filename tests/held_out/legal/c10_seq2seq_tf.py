import torch, torch.nn as nn, torch.nn.functional as F, random

random.seed(0)
torch.manual_seed(0)


class Enc(nn.Module):
    def __init__(s):
        super().__init__()
        s.e = nn.Embedding(12, 16)
        s.g = nn.GRU(16, 16, batch_first=True)
        s.d = nn.Dropout(0.1)

    def forward(s, x):
        return s.g(s.d(s.e(x)))


class Dec(nn.Module):
    def __init__(s):
        super().__init__()
        s.e = nn.Embedding(12, 16)
        s.a = nn.Linear(32, 1)
        s.g = nn.GRU(32, 16, batch_first=True)
        s.o = nn.Linear(16, 12)

    def forward(s, tok, h, enc):
        w = s.a(torch.cat([enc, h.transpose(0, 1).expand_as(enc)], -1)).softmax(1)
        c = (w * enc).sum(1, keepdim=True)
        o, h = s.g(torch.cat([s.e(tok), c], -1), h)
        return F.log_softmax(s.o(o[:, -1]), -1), h


enc, dec = Enc(), Dec()
oe, od = torch.optim.SGD(enc.parameters(), 0.05), torch.optim.SGD(dec.parameters(), 0.05)
crit = nn.NLLLoss(ignore_index=0)
for it in range(20):
    src = torch.randint(1, 12, (8, 5))
    tgt = src.flip(1)
    oe.zero_grad()
    od.zero_grad()
    eo, h = enc(src)
    tok = torch.ones(8, 1, dtype=torch.long)
    loss = 0
    for t in range(5):
        lp, h = dec(tok, h, eo)
        loss += crit(lp, tgt[:, t])
        tok = tgt[:, t : t + 1] if random.random() < 0.5 else lp.topk(1)[1].detach()
    loss.backward()
    nn.utils.clip_grad_norm_([*enc.parameters(), *dec.parameters()], 1.0)
    oe.step()
    od.step()
    if it % 10 == 9:
        enc.eval()
        dec.eval()
        with torch.no_grad():
            eo, h = enc(src)
            tok = torch.ones(8, 1, dtype=torch.long)
            for t in range(5):
                lp, h = dec(tok, h, eo)
                tok = lp.argmax(1, keepdim=True)
        enc.train()
        dec.train()
print(loss.item() / 5)
