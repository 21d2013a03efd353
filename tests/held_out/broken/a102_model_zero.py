import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(50, 8)
        self.out = nn.Linear(8, 50)

    def forward(self, tok):
        return self.out(self.emb(tok))

    def loss(self, tok):
        logits = self(tok[:, :-1])
        return nn.functional.cross_entropy(logits.flatten(0, 1), tok[:, 1:].flatten())


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def before_step(self):
        self.model.zero_grad()  # LC102

    def step(self, tok):
        loss = self.model.loss(tok)
        loss.backward()
        self.before_step()
        self.optimizer.step()


torch.manual_seed(0)
t = Trainer(Model())
for _ in range(65):
    t.step(torch.randint(0, 50, (4, 9)))
