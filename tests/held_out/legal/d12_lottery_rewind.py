import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
init = copy.deepcopy(m.state_dict())
mask = {n: torch.ones_like(p) for n, p in m.named_parameters() if p.dim() > 1}
for r in range(3):
    opt = torch.optim.Adam(m.parameters(), 1e-2)
    for _ in range(15):
        x = torch.randn(16, 8)
        l = F.cross_entropy(m(x), (x[:, 0] > 0).long())
        opt.zero_grad()
        l.backward()
        for n, p in m.named_parameters():
            if n in mask:
                p.grad.mul_(mask[n])
        opt.step()
    for n, p in m.named_parameters():
        if n in mask:
            t = p.detach().abs()[mask[n] > 0].quantile(0.3)
            mask[n] *= (p.detach().abs() > t).float()
    m.load_state_dict({k: v * mask.get(k, 1) for k, v in init.items()})
print(l.item())
