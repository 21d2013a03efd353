"""A helper that propagates, steps and clears."""

import torch


def optimize(optimizer, loss, parameters, max_norm=0.5):
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    optimizer.step()


def learn(actor, critic, replay, steps):
    actor_optim = torch.optim.Adam(actor.parameters())
    critic_optim = torch.optim.Adam(critic.parameters())
    for _ in range(steps):
        state, action, target = replay.sample()
        critic_loss = (critic(state, action) - target).pow(2).mean()
        optimize(critic_optim, critic_loss, critic.parameters())
        actor_loss = -critic(state, actor(state)).mean()
        optimize(actor_optim, actor_loss, actor.parameters())
