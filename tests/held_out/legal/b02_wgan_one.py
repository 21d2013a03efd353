import torch, torch.nn as nn

torch.manual_seed(0)
# old style with one / mone and backward(gradient)
G = nn.Linear(4, 2)
D = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
og = torch.optim.RMSprop(G.parameters(), 5e-5)
od = torch.optim.RMSprop(D.parameters(), 5e-5)
one = torch.tensor(1.0)
mone = -one
for it in range(10):
    for p in D.parameters():
        p.requires_grad = True
    for _ in range(5):
        for p in D.parameters():
            p.data.clamp_(-0.01, 0.01)
        D.zero_grad()
        er = D(torch.randn(8, 2)).mean()
        er.backward(mone)
        ef = D(G(torch.randn(8, 4)).detach()).mean()
        ef.backward(one)
        od.step()
    for p in D.parameters():
        p.requires_grad = False
    G.zero_grad()
    eg = D(G(torch.randn(8, 4))).mean()
    eg.backward(mone)
    og.step()
print(er.item())
