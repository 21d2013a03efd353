import torch
from torch import nn
import torch.nn.functional as F


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 8)
        self.head = nn.Linear(8, 20)

    def forward(self, tok, labels=None):
        logits = self.head(self.emb(tok))
        logprobs = F.log_softmax(logits, dim=-1)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logprobs.view(-1, 20), labels.view(-1), ignore_index=-100)  # LC501
        return {"loss": loss, "logits": logits}


torch.manual_seed(0)
m = LM()
opt = torch.optim.AdamW(m.parameters())
for i in range(60):
    t = torch.randint(0, 20, (4, 6))
    out = m(t, labels=t)
    out["loss"].backward()
    opt.step()
    opt.zero_grad()
