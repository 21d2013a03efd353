import torch
from torch import nn

torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
for it in range(80):
    obs = torch.randn(32, 4)
    ret = obs.sum(1)
    value = critic(obs).squeeze(-1)
    adv = (ret - value).detach()
    dist = torch.distributions.Categorical(logits=actor(obs))
    act = dist.sample()
    pg = -(dist.log_prob(act) * adv).mean()
    vf = (value - ret).pow(2).mean()
    actor_opt.zero_grad()
    pg.backward()
    actor_opt.step()
    actor_opt.zero_grad()
    vf.backward()  # LC101
    critic_opt.step()
