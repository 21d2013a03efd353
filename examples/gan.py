"""Legal: two optimizers take turns, and the generator's backward() also fills the discriminator's gradients."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return self.layers(noise)


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return self.layers(points)


def main() -> None:
    torch.manual_seed(0)
    angles = torch.rand(512) * 2 * torch.pi
    ring = torch.stack([angles.cos(), angles.sin()], dim=1)
    loader = DataLoader(TensorDataset(ring), batch_size=64, shuffle=True)

    generator, discriminator = Generator(), Discriminator()
    criterion = nn.BCEWithLogitsLoss()
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    for epoch in range(5):
        for (real,) in loader:
            ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
            fake = generator(torch.randn(len(real), 4))

            optimizer_g.zero_grad()
            g_loss = criterion(discriminator(fake), ones)
            g_loss.backward()
            optimizer_g.step()

            optimizer_d.zero_grad()
            d_loss = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
            d_loss.backward()
            optimizer_d.step()
        print(f"epoch {epoch + 1}: generator {g_loss.item():.4f}, discriminator {d_loss.item():.4f}")


if __name__ == "__main__":
    main()
