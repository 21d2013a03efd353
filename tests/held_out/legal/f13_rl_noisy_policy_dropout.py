import torch, torch.nn as nn, torch.nn.functional as F, random

random.seed(0)
torch.manual_seed(0)
# dropout Q network used for Thompson sampling: acting with dropout on is the exploration
q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
t = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
t.load_state_dict(q.state_dict())
t.eval()
opt = torch.optim.Adam(q.parameters(), 1e-3)
mem = []
for ep in range(6):
    s = torch.randn(4)
    for k in range(12):
        q.train()
        with torch.no_grad():
            a = q(s).argmax().item()
        n = 0.9 * s + 0.3 * torch.randn(4)
        mem.append((s, a, float(s[0]), n))
        s = n
        if k % 4 == 3 and len(mem) >= 16:
            b = random.sample(mem, 16)
            S, A, R, N = (
                torch.stack([x[0] for x in b]),
                torch.tensor([x[1] for x in b]),
                torch.tensor([x[2] for x in b]),
                torch.stack([x[3] for x in b]),
            )
            with torch.no_grad():
                y = R + 0.9 * t(N).max(1).values
            l = F.mse_loss(q(S).gather(1, A[:, None]).squeeze(1), y)
            opt.zero_grad()
            l.backward()
            opt.step()
    t.load_state_dict(q.state_dict())
print(l.item())
