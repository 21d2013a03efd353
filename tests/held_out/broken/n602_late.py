import torch
from loopcheck import watch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=4.0)


@watch(optimizer=opt, scaler=scaler)
def step(x):
    loss = (net(x) - x[:, :1]).pow(2).mean()
    opt.zero_grad()
    scaler.scale(loss).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)  # LC605
    scaler.step(opt)
    scaler.update()


for i in range(60):
    step(torch.randn(8, 4))
