"""The loss module of this file runs backward() itself, and returns the loss for the log."""

import torch


class PropagatingLoss(torch.nn.Module):
    def forward(self, output, target):
        loss = (output - target).pow(2).mean()
        loss.backward()
        return loss.detach()


def train(model, loader):
    criterion = PropagatingLoss()
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        optimizer.step()
        print(loss)


class Net(torch.nn.Module):
    def forward(self, x):
        self.zero_grad()
        return self.layer(x)


def cleared_by_the_model(loader, loss_fn):
    net = Net()
    opt = torch.optim.Adam(net.parameters())
    for x, y in loader:
        loss = loss_fn(net(x), y)
        loss.backward()
        opt.step()
