import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
U, I = 20, 30


class LightGCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.u, self.i = nn.Embedding(U, 8), nn.Embedding(I, 8)
        for e in (self.u, self.i):
            nn.init.normal_(e.weight, std=0.1)

    def forward(self, graph, users, pos, neg):
        e = torch.cat([self.u.weight, self.i.weight])
        outs = [e]
        for _ in range(2):
            e = torch.sparse.mm(graph, e)
            outs.append(e)
        u, i = torch.stack(outs).mean(0).split([U, I])
        return (u[users] * i[pos]).sum(1), (u[users] * i[neg]).sum(1)


pairs = torch.stack([torch.randint(0, U, (200,)), torch.randint(0, I, (200,))])
idx = torch.cat([torch.stack([pairs[0], pairs[1] + U]), torch.stack([pairs[1] + U, pairs[0]])], 1)
graph = torch.sparse_coo_tensor(idx, torch.full((400,), 0.05), (U + I, U + I)).coalesce()
loader = DataLoader(TensorDataset(pairs.T), batch_size=50, shuffle=True)
model = LightGCN()
opt = torch.optim.Adam(model.parameters(), 1e-2)
for epoch in range(5):
    tot = 0.0
    for (b,) in loader:
        neg = torch.randint(0, I, (len(b),))
        p, n = model(graph, b[:, 0], b[:, 1], neg)
        loss = F.softplus(n - p).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        tot += loss.item()
    print(epoch, round(tot / len(loader), 4))
