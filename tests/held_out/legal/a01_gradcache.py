import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)


# GradCache: large-batch contrastive learning on small memory (Gao et al.)
class Enc(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 8))

    def forward(self, x):
        return F.normalize(self.net(x), dim=-1)


model = Enc()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
model.train()
for step in range(12):
    q = torch.randn(32, 16)
    k = q + 0.1 * torch.randn_like(q)
    both = torch.cat([q, k]).chunk(8)
    states, reps = [], []
    with torch.no_grad():
        for c in both:
            states.append(torch.get_rng_state())
            reps.append(model(c))
    reps = torch.cat(reps).requires_grad_()
    a, b = reps.chunk(2)
    loss = F.cross_entropy(a @ b.T / 0.1, torch.arange(len(a)))
    loss.backward()
    cache = reps.grad.chunk(8)
    opt.zero_grad()
    for c, s, g in zip(both, states, cache):
        with torch.random.fork_rng():
            torch.set_rng_state(s)
            r = model(c)
        surrogate = torch.dot(r.flatten(), g.flatten())
        surrogate.backward()
    opt.step()
    print(step, round(loss.item(), 4))
