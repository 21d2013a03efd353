"""Only the discriminator is cleared."""

import torch


def train(gen, dis, loader):
    gen_opt = torch.optim.Adam(gen.parameters())
    dis_opt = torch.optim.Adam(dis.parameters())
    for x in loader:
        dis_opt.zero_grad()
        dis_loss = dis(gen(x).detach()).mean() - dis(x).mean()
        dis_loss.backward()
        dis_opt.step()

        gen_loss = -dis(gen(x)).mean()
        gen_loss.backward()  # LC101
        gen_opt.step()
