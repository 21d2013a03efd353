import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
mk = lambda h: nn.Sequential(nn.Linear(8, h), nn.BatchNorm1d(h), nn.ReLU(), nn.Dropout(0.2), nn.Linear(h, 3))
X = torch.randn(96, 8)
dl = DataLoader(TensorDataset(X, X[:, :3].argmax(1)), 16, shuffle=True)
T, S = mk(64), mk(8)


def train(m, teacher=None, epochs=3):
    opt = torch.optim.Adam(m.parameters(), 1e-2)
    sched = torch.optim.lr_scheduler.StepLR(opt, 2)
    if teacher:
        teacher.eval()
    for _ in range(epochs):
        m.train()
        for x, y in dl:
            o = m(x)
            l = F.cross_entropy(o, y)
            if teacher:
                with torch.inference_mode():
                    t = teacher(x)
                l = 0.3 * l + 0.7 * 16 * F.kl_div(F.log_softmax(o / 4, -1), F.softmax(t / 4, -1), reduction="batchmean")
            opt.zero_grad()
            l.backward()
            opt.step()
        sched.step()
    return l.item()


print(train(T), train(S, T))
