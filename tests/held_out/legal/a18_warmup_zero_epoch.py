import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.AdamW(m.parameters(), 1e-3)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda e: min(1.0, e / 3))  # epoch 0 has lr 0
for epoch in range(5):
    for _ in range(20):
        x = torch.randn(16, 8)
        loss = F.mse_loss(m(x), x.sum(1, keepdim=True))
        opt.zero_grad()
        loss.backward()
        opt.step()
    sched.step()
print(loss.item())
