import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
# GCN: full graph forward, minibatches of labelled nodes
N = 60
A = (torch.rand(N, N) < 0.1).float()
A = ((A + A.T) > 0).float() + torch.eye(N)
d = A.sum(1).rsqrt()
adj = (d[:, None] * A * d[None]).to_sparse()
X = torch.randn(N, 12)
Y = torch.randint(0, 3, (N,))


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2 = nn.Linear(12, 16), nn.Linear(16, 3)

    def forward(self, x, adj):
        h = F.relu(torch.sparse.mm(adj, self.l1(x)))
        h = F.dropout(h, 0.5, training=self.training)
        return torch.sparse.mm(adj, self.l2(h))


model = GCN()
opt = torch.optim.Adam(model.parameters(), 0.01, weight_decay=5e-4)
loader = DataLoader(TensorDataset(torch.arange(40)), batch_size=10, shuffle=True)
for epoch in range(8):
    model.train()
    for (idx,) in loader:
        opt.zero_grad()
        out = model(X, adj)
        loss = F.cross_entropy(out[idx], Y[idx])
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        acc = (model(X, adj)[40:].argmax(1) == Y[40:]).float().mean().item()
print(acc)
