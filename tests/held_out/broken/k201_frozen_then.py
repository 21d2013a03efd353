import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")


def evaluate(model):
    model.eval()
    with torch.inference_mode():
        return sum(model(torch.randn(8, 4)).argmax(1).eq(0).sum().item() for _ in range(3))


step = 0
for epoch in range(3):
    net.train()
    for i in range(40):
        x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        scaler.scale(loss).backward()  # LC201
        scaler.step(opt)
        scaler.update()
        step += 1
        if step % 30 == 0:
            evaluate(net)
