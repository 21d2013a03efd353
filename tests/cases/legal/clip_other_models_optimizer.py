"""One backward for two optimizers that this file does not build: the second one's gradients are clipped in between."""

from torch.nn.utils import clip_grad_norm_


class Agent:
    def __init__(self, actor, critic, actor_optimizer, critic_optimizer):
        self.actor, self.critic = actor, critic
        self.actor_optimizer, self.critic_optimizer = actor_optimizer, critic_optimizer

    def update(self, batch):
        loss = self.actor.loss(batch) + self.critic.loss(batch)
        loss.backward()
        self.actor_optimizer.step()
        clip_grad_norm_(self.critic.parameters(), 1.0)
        self.critic_optimizer.step()
        self.actor_optimizer.zero_grad()
        self.critic_optimizer.zero_grad()
