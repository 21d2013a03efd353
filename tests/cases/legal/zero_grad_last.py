"""zero_grad() at the end of the body is as right as at its head."""

import torch
import torch.nn.functional as F

model = torch.nn.Linear(10, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(64, 10), torch.randint(2, (64,))))

for epoch in range(3):
    for features, target in data:
        loss = F.cross_entropy(model(features), target)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    print(epoch, loss.item())
