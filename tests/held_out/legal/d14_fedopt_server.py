import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(0)
# FedAdam: the server optimizer gets pseudo gradients
server = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))
so = torch.optim.Adam(server.parameters(), 1e-2)
for r in range(12):
    deltas = []
    for c in range(2):
        m = copy.deepcopy(server)
        o = torch.optim.SGD(m.parameters(), 0.1)
        for _ in range(3):
            x = torch.randn(16, 8)
            l = F.cross_entropy(m(x), (x[:, c] > 0).long())
            o.zero_grad()
            l.backward()
            o.step()
        deltas.append([a.detach() - b.detach() for a, b in zip(server.parameters(), m.parameters())])
    so.zero_grad()
    for p, *d in zip(server.parameters(), *deltas):
        p.grad = sum(d) / 2
    so.step()
    server.eval()
    with torch.no_grad():
        [server(torch.randn(8, 8)) for _ in range(3)]
    server.train()
print(l.item())
