"""Soft actor-critic: three optimizers, the actor every second update, the target by averaging."""

import torch


class SAC:
    def __init__(self, actor, q1, q2, args):
        self.actor, self.q1, self.q2, self.args = actor, q1, q2, args
        self.q_optimizer = torch.optim.Adam(list(q1.parameters()) + list(q2.parameters()), lr=args.q_lr)
        self.actor_optimizer = torch.optim.Adam(list(actor.parameters()), lr=args.policy_lr)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.a_optimizer = torch.optim.Adam([self.log_alpha], lr=args.q_lr)

    def update(self, data, global_step):
        with torch.no_grad():
            target = data.rewards
        qf_loss = (self.q1(data.obs) - target).pow(2).mean() + (self.q2(data.obs) - target).pow(2).mean()
        self.q_optimizer.zero_grad()
        qf_loss.backward()
        self.q_optimizer.step()
        if global_step % self.args.policy_frequency == 0:
            for _ in range(self.args.policy_frequency):
                pi, log_pi = self.actor(data.obs)
                actor_loss = (self.log_alpha.exp().item() * log_pi - self.q1(pi)).mean()
                self.actor_optimizer.zero_grad()
                actor_loss.backward()
                self.actor_optimizer.step()
                alpha_loss = (-self.log_alpha.exp() * log_pi.detach()).mean()
                self.a_optimizer.zero_grad()
                alpha_loss.backward()
                self.a_optimizer.step()


def main(agent: SAC, env, buffer, total):
    for step in range(total):
        env.step(env.action_space.sample())
        agent.update(buffer.sample(256), step)
