import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# sparse + dense optimizers, accumulation, dense one steps more often than sparse
emb = nn.EmbeddingBag(50, 8, sparse=True)
net = nn.Linear(8, 1)
os_, od = torch.optim.SparseAdam(emb.parameters(), 1e-2), torch.optim.AdamW(net.parameters(), 1e-3)
for i in range(48):
    ids = torch.randint(0, 50, (8, 4))
    l = F.binary_cross_entropy_with_logits(net(emb(ids)).squeeze(1), torch.randint(0, 2, (8,)).float())
    l.backward()
    od.step()
    od.zero_grad()
    if i % 4 == 3:
        os_.step()
        os_.zero_grad()
print(l.item())
