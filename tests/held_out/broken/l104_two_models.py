import torch
from torch import nn

torch.manual_seed(0)
actor, critic = nn.Linear(4, 2), nn.Linear(4, 1)
oa, oc = torch.optim.Adam(actor.parameters()), torch.optim.Adam(critic.parameters())
for i in range(70):
    obs = torch.randn(16, 4)
    value = critic(obs).squeeze(-1)
    dist = torch.distributions.Categorical(logits=actor(obs))
    act = dist.sample()
    ret = obs.sum(1)
    a_loss = -(dist.log_prob(act) * (ret - value).detach()).mean()
    c_loss = (value - ret).pow(2).mean()
    oa.zero_grad()
    oc.zero_grad()
    c_loss.backward()
    oc.step()
    oa.step()  # LC104
