import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
h = nn.Linear(16, 4)
ps = [*m.parameters(), *h.parameters()]
od = {p: torch.optim.Adam([p], 1e-3, foreach=False) for p in ps}
sd = {p: torch.optim.lr_scheduler.StepLR(o, 10) for p, o in od.items()}


def hook(p):
    od[p].step()
    od[p].zero_grad()
    sd[p].step()


for p in ps:
    p.register_post_accumulate_grad_hook(hook)
for i in range(20):
    x = torch.randn(4, 6, 16)
    l = F.cross_entropy(h(m(x)).flatten(0, 1), torch.randint(0, 4, (24,)))
    l.backward()
print(l.item())
