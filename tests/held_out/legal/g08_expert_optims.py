import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# top-1 mixture of experts, one optimizer per expert, all stepped; idle ones have no gradients
E = nn.ModuleList(nn.Linear(8, 1) for _ in range(4))
opts = [torch.optim.SGD(e.parameters(), 0.05) for e in E]
for it in range(50):
    k = torch.randint(0, 4, ()).item()
    x = torch.randn(8, 8) + k
    l = F.mse_loss(E[k](x), x.sum(1, True))
    for o in opts:
        o.zero_grad()
    l.backward()
    for o in opts:
        o.step()
print(l.item())
