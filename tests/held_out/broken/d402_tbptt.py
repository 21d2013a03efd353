import torch
from torch import nn


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 8)
        self.rnn = nn.GRU(8, 16, batch_first=True)
        self.out = nn.Linear(16, 20)

    def forward(self, tok, h=None):
        y, h = self.rnn(self.emb(tok), h)
        return self.out(y), h


def train(model, opt, crit, n):
    hidden = torch.zeros(1, 4, 16)
    for i in range(n):
        tok = torch.randint(0, 20, (4, 7))
        opt.zero_grad()
        logits, hidden = model(tok[:, :-1], hidden)  # LC402
        loss = crit(logits.reshape(-1, 20), tok[:, 1:].reshape(-1))
        loss.backward(retain_graph=True)
        opt.step()


torch.manual_seed(0)
m = LM()
try:
    train(m, torch.optim.SGD(m.parameters(), lr=0.1), nn.CrossEntropyLoss(), 60)
except RuntimeError as e:
    print("stopped:", str(e)[:60])
