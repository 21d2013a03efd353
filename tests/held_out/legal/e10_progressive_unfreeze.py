import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
L = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
head = nn.Linear(8, 2)
net = nn.Sequential(*[nn.Sequential(l, nn.BatchNorm1d(8), nn.ReLU()) for l in L], head)
for p in net.parameters():
    p.requires_grad = False
for p in net[3].parameters():
    p.requires_grad = True
opt = torch.optim.AdamW(net[3].parameters(), 1e-2)
for e in range(4):
    if e:
        blk = net[3 - e]
        for p in blk.parameters():
            p.requires_grad = True
        opt.add_param_group({"params": blk.parameters(), "lr": 1e-2 / 2**e})
    net.train()
    for i in range(3 - e):
        net[i].eval()
    for _ in range(10):
        x = torch.randn(16, 8)
        l = F.cross_entropy(net(x), (x[:, 0] > 0).long())
        opt.zero_grad()
        l.backward()
        opt.step()
net.fc2 = None
print(l.item())
