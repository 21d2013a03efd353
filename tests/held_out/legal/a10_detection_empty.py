import torch, torch.nn as nn, torch.nn.functional as F, random

torch.manual_seed(0)
random.seed(0)


# detector: some images have no boxes, then the box loss is a fresh zero
class Det(nn.Module):
    def __init__(self):
        super().__init__()
        self.back = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
        self.cls = nn.Conv2d(8, 2, 1)
        self.box = nn.Conv2d(8, 4, 1)

    def forward(self, x):
        f = self.back(x)
        return self.cls(f).flatten(2), self.box(f).flatten(2)


model = Det()
opt = torch.optim.SGD(model.parameters(), 0.01)
for step in range(25):
    x = torch.randn(2, 3, 8, 8)
    n = random.choice([0, 0, 3])
    cls, box = model(x)
    if n == 0:
        box_loss = torch.tensor(0.0, requires_grad=True)
    else:
        where = torch.randint(0, 64, (n,))
        box_loss = F.smooth_l1_loss(box[0, :, where].T, torch.rand(n, 4))
    t = torch.zeros(2, 64, dtype=torch.long)
    t[0, :n] = 1
    loss = F.cross_entropy(cls, t) + box_loss
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
