import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
client = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
server = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
oc, os_ = torch.optim.SGD(client.parameters(), 0.1), torch.optim.SGD(server.parameters(), 0.1)
for step in range(20):
    x = torch.randn(16, 8)
    y = (x.sum(1) > 0).long()
    oc.zero_grad()
    os_.zero_grad()
    act = client(x)
    smashed = act.detach().clone().requires_grad_(True)
    loss = F.cross_entropy(server(smashed), y)
    loss.backward()
    os_.step()
    act.backward(smashed.grad)
    oc.step()
print(loss.item())
