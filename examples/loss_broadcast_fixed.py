"""Fits a line. Predictions and targets have the same shape."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(512, 1)
    loader = DataLoader(TensorDataset(x, 3 * x[:, 0] + 1), batch_size=32, shuffle=True)

    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(5):
        total = 0.0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = ((model(inputs).squeeze(1) - targets) ** 2).mean()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / len(loader):.4f}")


if __name__ == "__main__":
    main()
