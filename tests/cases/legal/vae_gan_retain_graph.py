"""Three losses over one graph, each optimizer cleared before its own backward."""

import torch


def train(enc, dec, dis, loader):
    opt_enc = torch.optim.RMSprop(enc.parameters())
    opt_dec = torch.optim.RMSprop(dec.parameters())
    opt_dis = torch.optim.RMSprop(dis.parameters())
    for x in loader:
        z = enc(x)
        recon = dec(z)
        loss_dis = dis(x).mean() - dis(recon.detach()).mean()
        opt_dis.zero_grad()
        loss_dis.backward(retain_graph=True)
        opt_dis.step()
        loss_rec = (recon - x).pow(2).mean()
        loss_kl = z.pow(2).mean()
        opt_enc.zero_grad()
        opt_dec.zero_grad()
        loss_kl.backward(retain_graph=True)
        loss_rec.backward()
        opt_enc.step()
        opt_dec.step()
