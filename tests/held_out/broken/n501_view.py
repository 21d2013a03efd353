import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
emb, tag = nn.Embedding(20, 8), nn.Linear(8, 5)
opt = torch.optim.Adam([*emb.parameters(), *tag.parameters()])
for i in range(60):
    s, t = torch.randint(0, 20, (4, 6)), torch.randint(0, 5, (4, 6))
    probs = tag(torch.tanh(emb(s))).softmax(-1)
    loss = F.cross_entropy(probs.transpose(1, 2), t)  # LC501
    opt.zero_grad()
    loss.backward()
    opt.step()
