"""PPO: several epochs over minibatches, left early when the policy has moved too far."""

import torch


def update(agent, optimizer, batches, args):
    for _epoch in range(args.update_epochs):
        for mb in batches:
            ratio, entropy, approx_kl = agent.evaluate(mb)
            pg_loss = -(mb.advantages * ratio.clamp(0.8, 1.2)).mean()
            loss = pg_loss - args.ent_coef * entropy.mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(agent.parameters(), args.max_grad_norm)
            optimizer.step()
        if args.target_kl is not None and approx_kl > args.target_kl:
            break
