"""A loss that an object computes: the object has parameters of its own, whatever was done to the inputs."""

import numpy as np
import torch
from elsewhere import ArcLoss, Curiosity, Energy


def explore(buffer, curiosity, steps):
    optimizer = torch.optim.Adam(curiosity.parameters())
    for _ in range(steps):
        states, actions = buffer.sample(8)
        seen = torch.tensor(np.asarray(states)).float()
        done = torch.tensor(np.asarray(actions)).float()
        loss = curiosity.prediction_loss(seen, done)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


class Agent:
    def __init__(self, world, optimizer):
        self.world = world
        self.optimizer = optimizer

    def learn(self, batch):
        seen, done = torch.as_tensor(batch[0]), torch.as_tensor(batch[1])
        loss = self.world.loss(seen, done)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def margins(backbone, loader):
    arc_loss = ArcLoss(128, 10)
    optimizer = torch.optim.SGD(arc_loss.parameters(), lr=0.1)
    for x, y in loader:
        embedding = backbone(x).detach()
        loss = arc_loss(embedding, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def energies(energy, pairs, optimizer):
    for one, other in pairs:
        total = energy.criterion(torch.tensor(one), torch.tensor(other)) / 2
        optimizer.zero_grad()
        total.backward()
        optimizer.step()


def totals_are_no_losses(net, loader, criterion, optimizer):
    """Wrong in another way: a plain number has no backward(); item() did not take its graph."""
    loss, hits = 0, 0
    for x, y in loader:
        train_loss = criterion(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss += train_loss.item()


explore(buffer, Curiosity(), 3)
agent = Agent(Energy(), optimizer)
for batch in replays:
    agent.learn(batch)
energies(Energy(), replays, optimizer)
