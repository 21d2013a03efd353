"""Reinforcement learning: env.step() is called far more often than optimizer.step()."""

import gymnasium as gym
import torch
from torch.distributions import Categorical

env = gym.make("CartPole-v1")
policy = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Softmax(dim=-1))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)


def finish_episode(log_probs, rewards):
    policy_loss = []
    returns = torch.tensor(rewards).flip(0).cumsum(0).flip(0)
    for log_prob, ret in zip(log_probs, returns, strict=True):
        policy_loss.append(-log_prob * ret)
    optimizer.zero_grad()
    policy_loss = torch.cat(policy_loss).sum()
    policy_loss.backward()
    optimizer.step()


def main():
    for _ in range(1000):
        state, _ = env.reset()
        log_probs, rewards = [], []
        for _ in range(1, 10000):
            m = Categorical(policy(torch.as_tensor(state)))
            action = m.sample()
            state, reward, done, _, _ = env.step(action.item())
            log_probs.append(m.log_prob(action).view(1))
            rewards.append(reward)
            if done:
                break
        finish_episode(log_probs, rewards)


if __name__ == "__main__":
    main()
