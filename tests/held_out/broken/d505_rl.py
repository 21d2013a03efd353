import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(critic.parameters())
for i in range(60):
    obs = torch.randn(16, 4)
    returns = obs.sum(-1)
    values = critic(obs)
    advantage = returns - values
    value_loss = 0.5 * advantage.pow(2).mean()  # LC505
    opt.zero_grad()
    value_loss.backward()
    opt.step()
