import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.Linear(4, 1)
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)
        self.sched = torch.optim.lr_scheduler.MultiStepLR(self.opt, milestones=[2, 4])

    def fit(self):
        for epoch in range(5):
            self.on_epoch_start()
            for _ in range(15):
                x = torch.randn(8, 4)
                loss = nn.functional.mse_loss(self.net(x), x[:, :1])
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()

    def on_epoch_start(self):
        self.sched.step()  # LC601


torch.manual_seed(0)
Trainer().fit()
