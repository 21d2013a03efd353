"""Legal: a loop that is watched by a decorator. It raises if a fault is found; there is none."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import loopcheck


@loopcheck.watch(on_finding="raise")
def train(model: nn.Module, loader: DataLoader) -> None:
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(5):
        total = 0.0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / len(loader):.4f}")


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(512, 4)
    train(nn.Linear(4, 1), DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=32, shuffle=True))


if __name__ == "__main__":
    main()
