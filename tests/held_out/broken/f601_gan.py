import torch
from torch import nn

torch.manual_seed(0)
G, D = nn.Linear(4, 2), nn.Linear(2, 1)
og, od = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
sg = torch.optim.lr_scheduler.LambdaLR(og, lambda i: 0.99**i)
sd = torch.optim.lr_scheduler.LambdaLR(od, lambda i: 0.99**i)
bce = nn.BCEWithLogitsLoss()
one, zero = torch.ones(8, 1), torch.zeros(8, 1)
for i in range(60):
    od.zero_grad()
    fake = G(torch.randn(8, 4))
    (bce(D(torch.randn(8, 2)), one) + bce(D(fake.detach()), zero)).backward()
    od.step()
    sd.step()
    og.zero_grad()
    bce(D(fake), one).backward()
    sg.step()  # LC601
    og.step()
