import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, net, data):
        self.net = net
        self.loader = DataLoader(data, batch_size=8, shuffle=True)
        self.opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
        self.criterion = nn.MSELoss()

    def compute_loss(self, batch):
        x, y = batch
        return self.criterion(self.net(x), y)

    def update(self, loss):
        loss.backward()  # LC101
        self.opt.step()

    def fit(self, epochs):
        for epoch in range(epochs):
            self.net.train()
            self.opt.zero_grad()
            total = 0.0
            for batch in self.loader:
                loss = self.compute_loss(batch)
                self.update(loss)
                total += loss.item()
            print(epoch, total)


torch.manual_seed(0)
x = torch.randn(160, 4)
y = x.sum(1, keepdim=True)
Trainer(nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)), TensorDataset(x, y)).fit(4)
