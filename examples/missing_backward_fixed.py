"""Recognises the brightest of eight pixels. backward() computes the gradients."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(8, 64)
        self.fc2 = nn.Linear(64, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.relu(self.fc1(x)))


def train_one_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> tuple[float, float]:
    criterion = nn.CrossEntropyLoss()
    total, correct, seen = 0.0, 0, 0
    for images, labels in loader:
        optimizer.zero_grad()
        outputs = model(images)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()

        total += loss.item() * labels.size(0)
        correct += (outputs.argmax(dim=1) == labels).sum().item()
        seen += labels.size(0)
    return total / seen, correct / seen


def main() -> None:
    torch.manual_seed(0)
    images = torch.rand(512, 8)
    loader = DataLoader(TensorDataset(images, images.argmax(dim=1)), batch_size=64, shuffle=True)
    model = Net()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for epoch in range(5):
        loss, accuracy = train_one_epoch(model, loader, optimizer)
        print(f"epoch {epoch + 1}: accuracy {accuracy:.0%}, loss {loss:.4f}")


if __name__ == "__main__":
    main()
