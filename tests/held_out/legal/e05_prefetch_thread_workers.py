import torch, torch.nn as nn, torch.nn.functional as F, threading, queue
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info

torch.manual_seed(0)


class It(IterableDataset):
    def __iter__(s):
        w = get_worker_info()
        g = torch.Generator().manual_seed(w.id if w else 0)
        for _ in range(20):
            x = torch.randn(8, generator=g)
            yield x, x.sum()[None]


class Pre:
    def __init__(s, dl):
        s.dl = dl

    def __iter__(s):
        q = queue.Queue(2)
        end = object()

        def fill():
            for b in s.dl:
                q.put(b)
            q.put(end)

        t = threading.Thread(target=fill, daemon=True)
        t.start()
        while (b := q.get()) is not end:
            yield b


dl = Pre(DataLoader(It(), batch_size=5, num_workers=2))
m = nn.Linear(8, 1)
opt = torch.optim.SGD(m.parameters(), 0.01)
for e in range(3):
    for x, y in dl:
        l = F.mse_loss(m(x), y)
        opt.zero_grad()
        l.backward()
        opt.step()
print(l.item())
