import torch
from torch import nn


class Out(dict):
    __getattr__ = dict.__getitem__


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 8)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(8, 20)

    def forward(self, ids, labels):
        logits = self.head(self.drop(self.emb(ids)))
        loss = nn.functional.cross_entropy(logits.view(-1, 20), labels.view(-1))
        return Out(loss=loss, logits=logits)


torch.manual_seed(0)
net = Net()
opt = torch.optim.AdamW(net.parameters())
for epoch in range(3):
    net.train()
    for _ in range(25):
        ids = torch.randint(0, 20, (4, 6))
        out = net(ids, ids)
        opt.zero_grad()
        out.loss.backward()
        opt.step()
    net.eval()
    val = []
    for _ in range(5):
        ids = torch.randint(0, 20, (4, 6))
        out = net(ids, labels=ids)  # LC203
        val.append(out.loss.item())
    print(sum(val) / len(val))
