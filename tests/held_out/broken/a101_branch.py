import torch
from torch import nn

torch.manual_seed(0)
encoder, head = nn.Linear(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.RMSprop([{"params": encoder.parameters()}, {"params": head.parameters(), "lr": 1e-3}])


def train_step(x, y, warm):
    if warm:
        optimizer.zero_grad()
    pred = head(torch.relu(encoder(x)))
    loss = ((pred - y) ** 2).mean()
    loss.backward()  # LC101
    optimizer.step()
    return loss.item()


history = []
for i in range(80):
    x = torch.randn(8, 4)
    history.append(train_step(x, x[:, :1], warm=i < 20))
