import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 16), nn.Linear(16, 3)

    def forward(self, x):
        return F.softmax(self.b(F.relu(self.a(x))), dim=-1)


class Trainer:
    def __init__(self):
        self.model = Net()
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
        self.opt = torch.optim.Adam(self.model.parameters())

    def loss(self, batch):
        x, y = batch
        pred = self.model(x)
        return self.criterion(pred, y)  # LC501

    def fit(self):
        for _ in range(60):
            loss = self.loss((torch.randn(8, 4), torch.randint(0, 3, (8,))))
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()


torch.manual_seed(0)
Trainer().fit()
