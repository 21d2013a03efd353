import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)
# DPO in micro batches: policy chosen + rejected, reference without gradients; policy generates samples every 10 steps in eval
pi = nn.Sequential(nn.Embedding(20, 16), nn.Dropout(0.1), nn.Linear(16, 20))
ref = copy.deepcopy(pi).eval().requires_grad_(False)
o = torch.optim.AdamW(pi.parameters(), 1e-3)
lp = lambda m, t: m(t[:, :-1]).log_softmax(-1).gather(2, t[:, 1:, None]).sum((1, 2))
for it in range(20):
    o.zero_grad()
    for mb in range(3):
        c, r = torch.randint(0, 20, (4, 6)), torch.randint(0, 20, (4, 6))
        pc, pr = lp(pi, c), lp(pi, r)
        with torch.no_grad():
            rc, rr = lp(ref, c), lp(ref, r)
        l = -F.logsigmoid(0.1 * ((pc - rc) - (pr - rr))).mean() / 3
        l.backward()
    nn.utils.clip_grad_norm_(pi.parameters(), 1.0)
    o.step()
    if it % 10 == 9:
        pi.eval()
        t = torch.zeros(2, 1, dtype=torch.long)
        with torch.inference_mode():
            for _ in range(5):
                t = torch.cat([t, torch.multinomial(pi(t)[:, -1].softmax(-1), 1)], 1)
        pi.train()
print(l.item())
