"""A dict of optimizers, through values() and items()."""

import torch


class Agent:
    def __init__(self, networks):
        self.networks = networks
        self.optimizers = {name: torch.optim.Adam(net.parameters()) for name, net in networks.items()}

    def update(self, batches):
        for batch in batches:
            for optimizer in self.optimizers.values():
                optimizer.zero_grad(set_to_none=True)
            loss = self.compute_loss(batch)
            loss.backward()
            for name, optimizer in self.optimizers.items():
                torch.nn.utils.clip_grad_norm_(self.networks[name].parameters(), 1.0)
                optimizer.step()

    def compute_loss(self, batch):
        return sum(net(batch).pow(2).mean() for net in self.networks.values())
