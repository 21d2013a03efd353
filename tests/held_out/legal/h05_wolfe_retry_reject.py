import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# loss-spike rollback: the step is undone and the batch skipped
m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(m.parameters(), 5e-2)
snap = None
for it in range(50):
    x = torch.randn(16, 8)
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    opt.step()
    if it % 5 == 0:
        snap = {k: v.clone() for k, v in m.state_dict().items()}
    if l.item() > 12:
        m.load_state_dict(snap)
        opt.zero_grad()
print(l.item())
