import torch
from torch import nn


class AmpTrainer:
    def __init__(self, net):
        self.net = net
        self.opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)

    def training_step(self, x, y):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return nn.functional.cross_entropy(self.net(x), y)

    def optimizer_step(self):
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)  # LC605
        self.scaler.step(self.opt)
        self.scaler.update()
        self.opt.zero_grad(set_to_none=True)

    def fit(self, n):
        for _ in range(n):
            loss = self.training_step(torch.randn(8, 4), torch.randint(0, 3, (8,)))
            self.scaler.scale(loss).backward()
            self.optimizer_step()


torch.manual_seed(0)
AmpTrainer(nn.Linear(4, 3)).fit(60)
