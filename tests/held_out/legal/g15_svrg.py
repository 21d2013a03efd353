import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)
m = nn.Linear(8, 1)
snap = copy.deepcopy(m)
opt = torch.optim.SGD(m.parameters(), 0.05)
X = torch.randn(64, 8)
Y = X.sum(1, True)
for e in range(4):
    snap.load_state_dict(m.state_dict())
    snap.zero_grad()
    F.mse_loss(snap(X), Y).backward()
    full = [p.grad.clone() for p in snap.parameters()]
    for i in torch.randperm(64).split(8):
        opt.zero_grad()
        l = F.mse_loss(m(X[i]), Y[i])
        l.backward()
        snap.zero_grad()
        F.mse_loss(snap(X[i]), Y[i]).backward()
        for p, q, f in zip(m.parameters(), snap.parameters(), full):
            p.grad.data += f - q.grad
        opt.step()
print(l.item())
