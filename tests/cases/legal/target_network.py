"""A target network under no_grad, chosen actions and a stored copy."""

import torch
import torch.nn.functional as F


def learn(policy, target, memory, optimizer):
    for states, actions, rewards, following in memory:
        with torch.no_grad():
            best = target(following).max(1)[0]
        values = policy(states).gather(1, actions)
        loss = F.smooth_l1_loss(values, rewards + 0.9 * best)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
