"""Separates a disc from its surroundings. The gradients are cleared just before they are used."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x).squeeze(1)


def train(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer, loss_fn: nn.Module) -> float:
    model.train()
    total = 0.0
    for inputs, labels in loader:
        loss = loss_fn(model(inputs), labels)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def main() -> None:
    torch.manual_seed(0)
    points = torch.randn(512, 2)
    inside = (points.norm(dim=1) < 1).float()
    loader = DataLoader(TensorDataset(points, inside), batch_size=32, shuffle=True)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(5):
        print(f"epoch {epoch + 1}: loss {train(model, loader, optimizer, nn.BCEWithLogitsLoss()):.4f}")


if __name__ == "__main__":
    main()
