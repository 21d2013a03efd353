import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
emb, tag = nn.Embedding(20, 8), nn.Linear(8, 5)
opt = torch.optim.Adam([*emb.parameters(), *tag.parameters()])
for i in range(60):
    s, t = torch.randint(0, 20, (4, 6)), torch.randint(0, 5, (4, 6))
    logits = tag(torch.tanh(emb(s)))
    loss = F.nll_loss(logits.flatten(0, 1), t.flatten())  # LC503
    opt.zero_grad()
    loss.backward()
    opt.step()
