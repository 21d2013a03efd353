import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# mixture of softmaxes, pointer generator, confidence penalty, sharpened logits, gated logits
a, b, g, p = nn.Linear(8, 5), nn.Linear(8, 5), nn.Linear(8, 1), nn.Linear(8, 5)
opt = torch.optim.Adam([q for m in (a, b, g, p) for q in m.parameters()], 1e-3)
nll = nn.NLLLoss()
for i in range(40):
    x, y = torch.randn(8, 8), torch.randint(0, 5, (8,))
    w = g(x).sigmoid()
    if i % 4 == 0:
        l = nll(torch.log(w * a(x).softmax(1) + (1 - w) * b(x).softmax(1) + 1e-9), y)
    elif i % 4 == 1:
        l = F.cross_entropy(10 * torch.tanh(a(x) / 10) + p(x).softmax(1).log(), y)
    elif i % 4 == 2:
        l = F.cross_entropy(a(x) * p(x).softmax(1), y) + 0.1 * (g(x) + b(x).log_softmax(1)).mean() ** 2
    else:
        l = (
            F.binary_cross_entropy_with_logits(a(x) * w, F.one_hot(y, 5).float())
            + F.binary_cross_entropy((a(x).softmax(1) * 0.99).sum(1), torch.ones(8)) * 0
            + nll(F.logsigmoid(b(x)), y) * 0.1
        )
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
