"""Two optimizers of the same parameters, or of parts of them: whoever clears, clears the gradients of the model."""

import torch


class Physics:
    def __init__(self, net):
        self.net = net
        self.lbfgs = torch.optim.LBFGS(self.net.parameters())
        self.adam = torch.optim.Adam(self.net.parameters())

    def closure(self):
        self.lbfgs.zero_grad()
        loss = self.residual()
        loss.backward()
        return loss

    def fit(self):
        for _ in range(1000):
            self.adam.step(self.closure)
        self.lbfgs.step(self.closure)


def switch(params, model, loader, criterion):
    adam = torch.optim.Adam(params)
    sgd = torch.optim.SGD(params, lr=0.1)
    for i, (x, y) in enumerate(loader):
        adam.zero_grad()
        criterion(model(x), y).backward()
        if i < 50:
            adam.step()
        else:
            sgd.step()


def part(encoder, decoder, loader, criterion, auxiliary):
    every = torch.optim.Adam(list(encoder.parameters()) + list(decoder.parameters()))
    some = torch.optim.Adam(encoder.parameters())
    for x, y in loader:
        every.zero_grad()
        criterion(decoder(encoder(x)), y).backward()
        every.step()
        every.zero_grad()
        auxiliary(encoder(x)).backward()
        some.step()


def matrices_and_vectors(model, loader, criterion, Muon):
    matrices = [p for p in model.parameters() if p.ndim == 2]
    vectors = [p for p in model.parameters() if p.ndim != 2]
    muon = torch.optim.SGD(matrices, lr=0.1)
    adam = torch.optim.AdamW(vectors)
    for x, y in loader:
        criterion(model(x), y).backward()
        muon.step()
        adam.step()
        muon.zero_grad()
        adam.zero_grad()
