import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


# DETR-like: model(queries) with constant positional grid first, images second
class Implicit(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Linear(2, 16)
        self.z = nn.Linear(16, 16)
        self.o = nn.Linear(16, 1)

    def forward(self, coords, image):
        return self.o(torch.relu(self.c(coords)[None] + self.z(image.flatten(1))[:, None])).squeeze(-1)


from torch.utils.data import DataLoader, TensorDataset

g = torch.linspace(-1, 1, 4)
coords = torch.stack(torch.meshgrid(g, g, indexing="ij"), -1).reshape(-1, 2)
loader = DataLoader(TensorDataset(torch.rand(40, 4, 4)), batch_size=8, shuffle=True)
m = Implicit()
opt = torch.optim.Adam(m.parameters(), 1e-3)
for epoch in range(4):
    for (img,) in loader:
        loss = F.mse_loss(m(coords, img), img.flatten(1))
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
print(loss.item())
