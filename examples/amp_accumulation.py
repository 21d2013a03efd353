"""Legal: mixed precision with a gradient scaler, four batches for each step, and clipping of unscaled gradients."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

ACCUMULATE = 4


def main() -> None:
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    x = torch.randn(512, 4)
    loader = DataLoader(TensorDataset(x, x[:, :1].abs()), batch_size=16, shuffle=True)

    model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1)).to(device)
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler(device)
    for epoch in range(5):
        total = 0.0
        optimizer.zero_grad()
        for i, (inputs, targets) in enumerate(loader):
            inputs, targets = inputs.to(device), targets.to(device)
            with torch.autocast(device, dtype=torch.bfloat16):
                loss = criterion(model(inputs), targets)
            scaler.scale(loss / ACCUMULATE).backward()
            if (i + 1) % ACCUMULATE == 0:
                scaler.unscale_(optimizer)
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / len(loader):.4f}")


if __name__ == "__main__":
    main()
