import torch
from torch import nn

torch.manual_seed(0)
backbone, head = nn.Sequential(nn.Linear(4, 8), nn.ReLU()), nn.Linear(8, 3)
opt = torch.optim.SGD([*backbone.parameters(), *head.parameters()], lr=0.1)
for i in range(60):
    x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
    with torch.inference_mode():
        logits = head(backbone(x))  # LC204
    loss = nn.functional.cross_entropy(logits.clone(), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
