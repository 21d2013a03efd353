"""A parameter server: gradients arrive from the workers, so no loss is propagated here."""

import ray
import torch


class ParameterServer:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=lr)

    def apply_gradients(self, *gradients):
        summed = [sum(g) for g in zip(*gradients, strict=True)]
        self.optimizer.zero_grad()
        self.model.set_gradients(summed)
        self.optimizer.step()
        return self.model.get_weights()


def main(model, workers, iterations):
    server = ParameterServer(model, 1e-2)
    weights = server.model.get_weights()
    for _ in range(iterations):
        gradients = [worker.compute_gradients.remote(weights) for worker in workers]
        weights = server.apply_gradients(*ray.get(gradients))
