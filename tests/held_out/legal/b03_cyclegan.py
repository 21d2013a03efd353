import torch, torch.nn as nn, itertools, random

torch.manual_seed(0)
random.seed(0)


def net():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.InstanceNorm2d(8), nn.ReLU(), nn.Conv2d(8, 3, 3, padding=1), nn.Tanh()
    )


def disc():
    return nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 1, 3, padding=1))


class Pool:
    def __init__(self, n):
        self.n, self.buf = n, []

    def query(self, x):
        out = []
        for im in x.detach():
            im = im[None]
            if len(self.buf) < self.n:
                self.buf.append(im)
                out.append(im)
            elif random.random() > 0.5:
                i = random.randrange(self.n)
                out.append(self.buf[i])
                self.buf[i] = im
            else:
                out.append(im)
        return torch.cat(out)


class CycleGAN:
    def __init__(self):
        self.GA, self.GB, self.DA, self.DB = net(), net(), disc(), disc()
        self.og = torch.optim.Adam(
            itertools.chain(self.GA.parameters(), self.GB.parameters()), 2e-4, betas=(0.5, 0.999)
        )
        self.od = torch.optim.Adam(
            itertools.chain(self.DA.parameters(), self.DB.parameters()), 2e-4, betas=(0.5, 0.999)
        )
        self.pa, self.pb = Pool(4), Pool(4)
        self.mse, self.l1 = nn.MSELoss(), nn.L1Loss()
        self.scheds = [
            torch.optim.lr_scheduler.LambdaLR(o, lambda e: 1 - max(0, e - 1) / 3) for o in (self.og, self.od)
        ]

    def gan(self, p, t):
        return self.mse(p, torch.full_like(p, float(t)))

    def rg(self, nets, f):
        for n in nets:
            for p in n.parameters():
                p.requires_grad = f

    def step(self, A, B):
        fB = self.GA(A)
        rA = self.GB(fB)
        fA = self.GB(B)
        rB = self.GA(fA)
        self.rg([self.DA, self.DB], False)
        self.og.zero_grad()
        idt = self.l1(self.GA(B), B) + self.l1(self.GB(A), A)
        lg = self.gan(self.DA(fB), 1) + self.gan(self.DB(fA), 1) + 10 * (self.l1(rA, A) + self.l1(rB, B)) + 5 * idt
        lg.backward()
        self.og.step()
        self.rg([self.DA, self.DB], True)
        self.od.zero_grad()
        for D, real, fake, pool in ((self.DA, B, fB, self.pa), (self.DB, A, fA, self.pb)):
            ((self.gan(D(real), 1) + self.gan(D(pool.query(fake)), 0)) * 0.5).backward()
        self.od.step()
        return lg.item()


m = CycleGAN()
for e in range(3):
    for _ in range(6):
        l = m.step(torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8))
    for s in m.scheds:
        s.step()
print(l)
