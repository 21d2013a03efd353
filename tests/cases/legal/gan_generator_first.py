"""PyTorch-GAN: the generator first; its backward also dirties the discriminator, which clears before its own."""

import torch

generator, discriminator = torch.nn.Linear(8, 4), torch.nn.Linear(4, 1)
adversarial_loss = torch.nn.BCEWithLogitsLoss()
optimizer_G = torch.optim.Adam(generator.parameters(), lr=2e-4)
optimizer_D = torch.optim.Adam(discriminator.parameters(), lr=2e-4)
dataloader = [torch.randn(16, 4) for _ in range(10)]

for epoch in range(200):
    for i, imgs in enumerate(dataloader):
        valid = torch.ones(imgs.size(0), 1)
        fake = torch.zeros(imgs.size(0), 1)

        optimizer_G.zero_grad()
        gen_imgs = generator(torch.randn(imgs.size(0), 8))
        g_loss = adversarial_loss(discriminator(gen_imgs), valid)
        g_loss.backward()
        optimizer_G.step()

        optimizer_D.zero_grad()
        real_loss = adversarial_loss(discriminator(imgs), valid)
        fake_loss = adversarial_loss(discriminator(gen_imgs.detach()), fake)
        d_loss = (real_loss + fake_loss) / 2
        d_loss.backward()
        optimizer_D.step()
