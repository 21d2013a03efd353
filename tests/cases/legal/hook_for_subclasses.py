"""An empty method of a base class: what a subclass in another file does there is not known."""

import torch


class Algorithm:
    def __init__(self, net):
        self.optimizer = torch.optim.Adam(net.parameters())

    def apply_loss(self, loss):
        """Propagate the loss; for subclasses to override."""

    def learn(self):
        for batch in self.buffer:
            self.optimizer.zero_grad()
            loss = self.criterion(batch)
            self.apply_loss(loss)
            self.optimizer.step()
