import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class T:
    def __init__(self):
        x = torch.randn(64, 4)
        y = (x[:, 0] > 0).long()
        self.tr = DataLoader(TensorDataset(x, y), 8, shuffle=True)
        self.va = DataLoader(TensorDataset(x[:16], y[:16]), 8)
        self.net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 2))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def fit(self):
        for e in range(8):
            for x, y in self.tr:
                loss = nn.functional.cross_entropy(self.net(x), y)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
            self.validate()

    def validate(self):
        with torch.no_grad():
            for x, y in self.va:
                self.net(x)  # LC202


torch.manual_seed(0)
T().fit()
