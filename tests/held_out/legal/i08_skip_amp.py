import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# clip_grad_norm_ non-finite -> step skipped, several in a row; grads cleared each time
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
k = 0
for it in range(40):
    x = torch.randn(8, 8)
    if 10 <= it < 16:
        x = x * 1e30
    l = F.mse_loss(m(x), x.sum(1, True))
    opt.zero_grad()
    l.backward()
    n = nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    if torch.isfinite(n):
        opt.step()
    else:
        k += 1
print(k, l.item())
