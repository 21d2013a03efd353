import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 2))
        self.opt = torch.optim.AdamW(self.model.parameters())

    def training_step(self, batch):
        x, y = batch
        return {"loss": nn.functional.cross_entropy(self.model(x), y)}

    def optimizer_step(self):
        self.opt.step()  # LC104
        self.opt.zero_grad()

    def fit(self, n):
        for _ in range(n):
            batch = torch.randn(8, 4), torch.randint(0, 2, (8,))
            out = self.training_step(batch)
            self.optimizer_step()
            self.log(out["loss"].item())

    def log(self, v):
        pass


torch.manual_seed(0)
Trainer().fit(60)
