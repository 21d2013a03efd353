"""Classifies points by quadrant. Each epoch begins in train mode."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def validate(model: nn.Module, loader: DataLoader) -> float:
    model.eval()
    with torch.no_grad():
        right = sum(int((model(inputs).argmax(1) == labels).sum()) for inputs, labels in loader)
    return right / len(loader.dataset)


def main() -> None:
    torch.manual_seed(0)
    points = torch.randn(640, 2)
    quadrants = (points[:, 0] > 0).long() * 2 + (points[:, 1] > 0).long()
    train = DataLoader(TensorDataset(points[:512], quadrants[:512]), batch_size=32, shuffle=True)
    held_out = DataLoader(TensorDataset(points[512:], quadrants[512:]), batch_size=32)

    model = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 4))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(5):
        model.train()
        total = 0.0
        for inputs, labels in train:
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            optimizer.step()
            total += loss.item()
        accuracy = validate(model, held_out)
        print(f"epoch {epoch + 1}: loss {total / len(train):.4f}, accuracy {accuracy:.2f}")


if __name__ == "__main__":
    main()
