import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
criterion = nn.CrossEntropyLoss()
ACC = 4
optimizer.zero_grad(set_to_none=True)
for i in range(400):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    loss = criterion(model(x), y) / ACC
    loss.backward()  # LC101
    if (i + 1) % ACC == 0:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
