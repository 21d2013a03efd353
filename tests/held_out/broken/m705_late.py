import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
data = torch.randn(250, 4)
loader = DataLoader(TensorDataset(data), batch_size=4)
labels = torch.randint(0, 3, (4,))
net = nn.Linear(4, 3)
crit = nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for (x,) in loader:
    opt.zero_grad()
    loss = crit(net(x), labels)  # LC705
    loss.backward()
    opt.step()
