import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
# hierarchical softmax, log-probs are added before NLL; adaptive softmax; CTC
body, top, sub = nn.Linear(8, 16), nn.Linear(16, 3), nn.Linear(16, 12)
ada = nn.AdaptiveLogSoftmaxWithLoss(16, 12, [4, 8])
ctc = nn.CTCLoss()
opt = torch.optim.Adam([*body.parameters(), *top.parameters(), *sub.parameters(), *ada.parameters()], 1e-3)
for i in range(30):
    x, y = torch.randn(8, 8), torch.randint(0, 12, (8,))
    h = body(x).relu()
    lp = (top(h).log_softmax(1)[:, :, None] + sub(h).view(-1, 3, 4).log_softmax(2)).flatten(1)
    l = F.nll_loss(lp, y) + ada(h, y).loss
    T = sub(body(torch.randn(10, 2, 8))).log_softmax(2)
    l = l + ctc(T, torch.randint(1, 12, (2, 3)), torch.tensor([10, 10]), torch.tensor([3, 3]))
    opt.zero_grad()
    l.backward()
    opt.step()
print(l.item())
