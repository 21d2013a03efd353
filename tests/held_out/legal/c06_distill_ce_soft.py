import torch, torch.nn as nn

torch.manual_seed(0)
# CrossEntropyLoss with soft teacher probabilities as target; teacher not frozen by requires_grad, only detached
t, s = nn.Linear(8, 3), nn.Linear(8, 3)
opt = torch.optim.SGD(s.parameters(), 0.1)
ce = nn.CrossEntropyLoss()
for _ in range(20):
    x = torch.randn(16, 8)
    l = ce(s(x), t(x).softmax(1).detach())
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
