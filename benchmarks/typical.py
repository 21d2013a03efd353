"""A training script of the usual size and shape, read by linter_speed.py and never run."""

import argparse
import random
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn, optim
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset, random_split


class Block(nn.Module):
    """Convolution, batch norm and a shortcut."""

    def __init__(self, inside: int, outside: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inside != outside:
            self.shortcut = nn.Sequential(nn.Conv2d(inside, outside, 1, stride=stride), nn.BatchNorm2d(outside))

    def forward(self, x: Tensor) -> Tensor:
        """Two convolutions and the way around them."""
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.shortcut(x))


class Net(nn.Module):
    """Four blocks and a classifier."""

    def __init__(self, classes: int = 10, width: int = 16, dropout: float = 0.25) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.layer1 = Block(width, width)
        self.layer2 = Block(width, 2 * width, stride=2)
        self.layer3 = Block(2 * width, 2 * width)
        self.layer4 = Block(2 * width, 4 * width, stride=2)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(4 * width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, one row per picture."""
        x = F.relu(self.stem(x))
        x = self.layer2(self.layer1(x))
        x = self.layer4(self.layer3(x))
        x = F.adaptive_avg_pool2d(x, 1)
        x = torch.flatten(x, 1)
        return self.fc(self.dropout(x))


def train(
    args: argparse.Namespace,
    model: nn.Module,
    device: torch.device,
    loader: DataLoader,
    optimizer: optim.Optimizer,
    epoch: int,
) -> float:
    """One epoch; returns the mean loss."""
    model.train()
    total = 0.0
    for batch, (data, target) in enumerate(loader):
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        output = model(data)
        loss = F.cross_entropy(output, target, label_smoothing=args.label_smoothing)
        loss.backward()
        if args.clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), args.clip)
        optimizer.step()
        total += loss.item()
        if batch % args.log_interval == 0:
            done = 100.0 * batch / len(loader)
            print(f"Train epoch: {epoch} [{done:.0f}%]\tLoss: {loss.item():.6f}")
            if args.dry_run:
                break
    return total / len(loader)


@torch.no_grad()
def test(model: nn.Module, device: torch.device, loader: DataLoader) -> tuple[float, float]:
    """Mean loss and accuracy on a loader."""
    model.eval()
    test_loss = 0.0
    correct = 0
    seen = 0
    for data, target in loader:
        data, target = data.to(device), target.to(device)
        output = model(data)
        test_loss += F.cross_entropy(output, target, reduction="sum").item()
        predicted = output.argmax(dim=1, keepdim=True)
        correct += predicted.eq(target.view_as(predicted)).sum().item()
        seen += len(data)
    return test_loss / seen, correct / seen


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="A small residual network")
    parser.add_argument("--batch-size", type=int, default=64, help="pictures per training step")
    parser.add_argument("--test-batch-size", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--lr", type=float, default=1.0, help="learning rate")
    parser.add_argument("--gamma", type=float, default=0.7, help="learning rate step gamma")
    parser.add_argument("--clip", type=float, default=1.0)
    parser.add_argument("--label-smoothing", type=float, default=0.0)
    parser.add_argument("--no-cuda", action="store_true")
    parser.add_argument("--dry-run", action="store_true", help="stop after one step")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log-interval", type=int, default=10)
    parser.add_argument("--save-model", type=Path, default=None)
    return parser.parse_args()


def main() -> None:
    """Trains, tests and saves."""
    args = parse()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    use_cuda = not args.no_cuda and torch.cuda.is_available()
    device = torch.device("cuda" if use_cuda else "cpu")

    dataset = TensorDataset(torch.randn(6000, 3, 32, 32), torch.randint(0, 10, (6000,)))
    train_set, test_set = random_split(dataset, [5000, 1000])
    train_loader = DataLoader(train_set, batch_size=args.batch_size, shuffle=True, pin_memory=use_cuda)
    test_loader = DataLoader(test_set, batch_size=args.test_batch_size)

    model = Net().to(device)
    optimizer = optim.Adadelta(model.parameters(), lr=args.lr)
    scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)
    best = 0.0
    for epoch in range(1, args.epochs + 1):
        train_loss = train(args, model, device, train_loader, optimizer, epoch)
        test_loss, accuracy = test(model, device, test_loader)
        scheduler.step()
        print(f"epoch {epoch}: train {train_loss:.4f}, test {test_loss:.4f}, accuracy {accuracy:.2%}")
        if accuracy > best and args.save_model is not None:
            best = accuracy
            torch.save(model.state_dict(), args.save_model)


if __name__ == "__main__":
    main()
