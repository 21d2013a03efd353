"""The base class has the loop, the derived class the loss; hooks in between."""

import torch


class BaseTrainer:
    def __init__(self, model):
        self.model = model
        self.opt = torch.optim.SGD(self.model.parameters(), lr=0.1)

    def before_batch(self):
        self.opt.zero_grad()

    def after_batch(self):
        self.opt.step()

    def train(self, loader):
        for batch in loader:
            self.before_batch()
            self.train_batch(batch)
            self.after_batch()


class Classifier(BaseTrainer):
    def train_batch(self, batch):
        x, y = batch
        loss = torch.nn.functional.cross_entropy(self.model(x), y)
        loss.backward()


def main(model, loader):
    Classifier(model).train(loader)
