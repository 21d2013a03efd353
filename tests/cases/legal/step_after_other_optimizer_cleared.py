"""Clearing the discriminator after the generator's backward throws away what was never meant for it."""

import torch


def train(gen, dis, loader):
    gen_opt = torch.optim.Adam(gen.parameters())
    dis_opt = torch.optim.Adam(dis.parameters())
    for x in loader:
        gen_opt.zero_grad()
        gen_loss = -dis(gen(x)).mean()
        gen_loss.backward()
        gen_opt.step()
        dis_opt.zero_grad()
        dis_loss = dis(gen(x).detach()).mean() - dis(x).mean()
        dis_loss.backward()
        dis_opt.step()
