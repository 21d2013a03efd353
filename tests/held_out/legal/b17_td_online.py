import torch, torch.nn as nn

torch.manual_seed(0)
# online TD(0): the value of the next state is computed once and becomes the value of this state in the next iteration
v = nn.Linear(4, 1)
opt = torch.optim.SGD(v.parameters(), 1e-2)
s = torch.randn(4)
for t in range(60):
    n = 0.9 * s + 0.3 * torch.randn(4)
    r = float(s[0])
    val = v(s)
    nxt = v(n)
    td = r + 0.9 * nxt.detach() - val
    opt.zero_grad()
    td.pow(2).sum().backward()
    opt.step()
    s = n
print(val.item())
