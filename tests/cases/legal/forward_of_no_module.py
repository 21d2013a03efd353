"""Objects with a method named forward that are no modules: a layer of one's own, a CUDA extension, a Function."""

import fused_softmax_cuda
import torch
from torch import nn


class Dense:
    def __init__(self, n):
        self.weight = torch.zeros(n, requires_grad=True)

    def parameters(self):
        return [self.weight]

    def forward(self, x):
        return x @ self.weight


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return fused_softmax_cuda.forward(2 * x * grad)


class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return Square.forward(ctx, x)


class Remote(nn.Module):
    def __init__(self, remote_embedding, workers):
        super().__init__()
        self.remote_embedding = remote_embedding
        self.worker = workers[0]

    def forward(self, x):
        return self.worker.remote().forward(self.remote_embedding.forward(x))


def train(loader):
    dense = Dense(4)
    optimizer = torch.optim.SGD(dense.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = (dense.forward(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()
