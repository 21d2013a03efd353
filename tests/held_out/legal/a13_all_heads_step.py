import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# multi-task, one task a batch, each head has its own optimizer; all are stepped
body = nn.Linear(8, 16)
heads = nn.ModuleDict({t: nn.Linear(16, k) for t, k in [("a", 2), ("b", 3), ("c", 1)]})
opts = [torch.optim.Adam(body.parameters(), 1e-3)] + [torch.optim.Adam(h.parameters(), 1e-3) for h in heads.values()]
tasks = list(heads)
for step in range(45):
    t = tasks[step % 3] if step < 30 else tasks[torch.randint(0, 3, ()).item()]
    x = torch.randn(8, 8)
    out = heads[t](body(x).relu())
    loss = F.mse_loss(out[:, 0], x.sum(1)) if t == "c" else F.cross_entropy(out, torch.randint(0, out.shape[1], (8,)))
    for o in opts:
        o.zero_grad()
    loss.backward()
    for o in opts:
        o.step()
print(loss.item())
