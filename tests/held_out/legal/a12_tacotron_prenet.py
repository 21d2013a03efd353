import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


class Prenet(nn.Module):
    """Dropout stays on at inference by design (Tacotron 2)."""

    def __init__(self, i, sizes):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in zip([i] + sizes[:-1], sizes))

    def forward(self, x):
        for l in self.layers:
            x = F.dropout(F.relu(l(x)), p=0.5, training=True)
        return x


class Dec(nn.Module):
    def __init__(self):
        super().__init__()
        self.pre = Prenet(8, [16, 16])
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.out = nn.Linear(16, 8)

    def forward(self, mel):
        prev = F.pad(mel, (0, 0, 1, 0))[:, :-1]
        return self.out(self.rnn(self.pre(prev))[0])

    @torch.no_grad()
    def infer(self, n):
        self.eval()
        x = torch.zeros(1, 1, 8)
        h = None
        outs = []
        for _ in range(n):
            o, h = self.rnn(self.pre(x), h)
            x = self.out(o)
            outs.append(x)
        self.train()
        return torch.cat(outs, 1)


m = Dec()
opt = torch.optim.Adam(m.parameters(), 1e-3)
for e in range(4):
    for _ in range(6):
        mel = torch.randn(4, 10, 8).cumsum(1) * 0.1
        loss = F.mse_loss(m(mel), mel)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        opt.step()
    m.eval()
    with torch.no_grad():
        v = F.mse_loss(m(mel), mel).item()
    m.train()
    print(e, m.infer(5).shape)
