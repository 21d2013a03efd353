import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# rollouts with the behaviour policy in train mode; log-probs recomputed later; model has a dropout for regularisation
pi = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Dropout(0.05), nn.Linear(32, 2))
opt = torch.optim.Adam(pi.parameters(), 1e-3)
for up in range(4):
    S, A, R = [], [], []
    s = torch.randn(4, 4)
    pi.eval()
    with torch.no_grad():
        for t in range(8):
            a = torch.distributions.Categorical(logits=pi(s)).sample()
            S.append(s)
            A.append(a)
            R.append(s[:, 0] * (2 * a - 1))
            s = 0.9 * s + 0.3 * torch.randn(4, 4)
    pi.train()
    for _ in range(3):
        l = -(torch.distributions.Categorical(logits=pi(torch.cat(S))).log_prob(torch.cat(A)) * torch.cat(R)).mean()
        opt.zero_grad()
        l.backward()
        opt.step()
print(l.item())
