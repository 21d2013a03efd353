import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(s):
        super().__init__()
        s.ops = nn.ModuleList([nn.Linear(8, 8), nn.Sequential(nn.Linear(8, 8), nn.ReLU()), nn.Identity()])
        s.h = nn.Linear(8, 2)
        s._a = [torch.zeros(3, requires_grad=True)]

    def forward(s, x):
        w = s._a[0].softmax(0)
        return s.h(sum(a * o(x) for a, o in zip(w, s.ops)))

    def arch(s):
        return s._a


m = Net()
ow = torch.optim.SGD(m.parameters(), 0.025, momentum=0.9)
oa = torch.optim.Adam(m.arch(), 3e-4, betas=(0.5, 0.999))
sch = torch.optim.lr_scheduler.CosineAnnealingLR(ow, 4, eta_min=1e-3)


def b():
    x = torch.randn(16, 8)
    return x, (x[:, 0] > 0).long()


for e in range(4):
    for _ in range(8):
        if e >= 1:
            x, y = b()
            oa.zero_grad()
            F.cross_entropy(m(x), y).backward()
            oa.step()
        x, y = b()
        ow.zero_grad()
        l = F.cross_entropy(m(x), y)
        l.backward()
        nn.utils.clip_grad_norm_(m.parameters(), 5)
        ow.step()
    sch.step()
print(l.item())
