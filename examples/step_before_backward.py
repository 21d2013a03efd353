"""Fits a sine. The optimizer steps before backward() has computed the gradients of this batch."""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def main() -> None:
    torch.manual_seed(0)
    x = torch.linspace(-math.pi, math.pi, 512).unsqueeze(1)
    loader = DataLoader(TensorDataset(x, torch.sin(x)), batch_size=32, shuffle=True)

    net = Net()
    loss_fn = nn.MSELoss()
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    for epoch in range(10):
        for xb, yb in loader:
            opt.zero_grad()
            loss = loss_fn(net(xb), yb)
            opt.step()
            loss.backward()
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}")


if __name__ == "__main__":
    main()
