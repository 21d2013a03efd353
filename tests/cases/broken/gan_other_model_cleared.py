"""Both times it is the generator that is cleared, as a model."""

import torch


def train(netG, netD, loader):
    optimizerG = torch.optim.Adam(netG.parameters())
    optimizerD = torch.optim.Adam(netD.parameters())
    for real in loader:
        netG.zero_grad()
        fake = netG(torch.randn(len(real), 8))
        errD = netD(fake.detach()).mean() - netD(real).mean()
        errD.backward()  # LC101
        optimizerD.step()
        netG.zero_grad()
        errG = -netD(fake).mean()
        errG.backward()
        optimizerG.step()
