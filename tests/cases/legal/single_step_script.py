"""No loop: a demo that takes one step, in whatever order."""

import torch

model = torch.nn.Linear(10, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def demo():
    loss = model(torch.randn(20, 10)).mean()
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()


if __name__ == "__main__":
    demo()
    loss = model(torch.randn(20, 10)).mean()
    optimizer.step()
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
