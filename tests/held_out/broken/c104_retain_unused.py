import torch
from torch import nn

torch.manual_seed(0)
enc = nn.Linear(4, 8)
clf, adv = nn.Linear(8, 3), nn.Linear(8, 2)
opt = torch.optim.Adam([*enc.parameters(), *clf.parameters()])
opt_adv = torch.optim.Adam(adv.parameters())
ce = nn.CrossEntropyLoss()
for i in range(70):
    x, y, d = torch.randn(8, 4), torch.randint(0, 3, (8,)), torch.randint(0, 2, (8,))
    h = enc(x)
    loss = ce(clf(h), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    adv_loss = ce(adv(h.detach()), d)
    opt_adv.zero_grad()
    opt_adv.step()  # LC104
