import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# max_steps ends the run in the middle of epoch 0: the epoch scheduler has no turn
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 1e-2)
sched = torch.optim.lr_scheduler.StepLR(opt, 1)
step, max_steps = 0, 30
for epoch in range(100):
    for _ in range(50):
        x = torch.randn(8, 8)
        l = F.mse_loss(m(x), x.sum(1, True))
        opt.zero_grad()
        l.backward()
        opt.step()
        step += 1
        if step >= max_steps:
            break
    if step >= max_steps:
        break
    sched.step()
print(l.item())
