import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
rnn = nn.LSTM(4, 8, num_layers=2, dropout=0.3, batch_first=True)
out = nn.Linear(8, 3)
opt = torch.optim.Adam([*rnn.parameters(), *out.parameters()])
for epoch in range(3):
    for i in range(25):
        x, y = torch.randn(4, 5, 4), torch.randint(0, 3, (4,))
        loss = F.cross_entropy(out(rnn(x)[0][:, -1]), y)
        opt.zero_grad()
        loss.backward()  # LC201
        opt.step()
    rnn.eval()
    with torch.no_grad():
        for i in range(10):
            out(rnn(torch.randn(4, 5, 4))[0][:, -1])
