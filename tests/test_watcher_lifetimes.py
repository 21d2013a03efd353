"""How long graphs live: used twice, old, cut, kept, and all that looks like it and is right.

The expected finding of a program stands beside its line. What has no mark must stay silent, about everything.
"""

from __future__ import annotations

import re

import pytest
import torch
from watching import Watched, watch

PREAMBLE = """\
import collections
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_grad_enabled(True)
model = nn.Linear(2, 1)
deep = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.SGD([*model.parameters(), *deep.parameters()], lr=0.01)
loss_fn = nn.MSELoss()
batches = [(torch.randn(3, 2), torch.randn(3, 1)) for _ in range(12)]
"""
MARK = re.compile(r"# (LC\d{3})")


def run(program: str) -> Watched:
    return watch(PREAMBLE + program)


def check(program: str) -> Watched:
    """What is found is exactly what is marked."""
    source = PREAMBLE + program
    wanted = {(m[1], n) for n, line in enumerate(source.splitlines(), 1) for m in MARK.finditer(line)}
    found = watch(source)
    assert found.pairs == wanted, (found.findings, found.raised)
    return found


USED_TWICE = {
    "two losses, one of them twice": """
for x, y in batches:
    optimizer.zero_grad()
    loss, other = loss_fn(deep(x), y), loss_fn(model(x), y)
    other.backward()
    loss.backward()
    loss.backward()  # LC106
    optimizer.step()
""",
    "a shared trunk": """
head = nn.Linear(1, 1)
for x, y in batches:
    optimizer.zero_grad()
    hidden = deep(x)
    first = loss_fn(hidden, y)
    second = loss_fn(head(hidden), y)
    first.backward()
    second.backward()  # LC106
    optimizer.step()
""",
    "a function around backward, called twice": """
def propagate(loss):
    loss.backward()  # LC106

for x, y in batches:
    optimizer.zero_grad()
    loss = loss_fn(deep(x), y)
    propagate(loss)
    propagate(loss)
    optimizer.step()
""",
    "a generator's fake that was not detached": """
D, G = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)), nn.Sequential(nn.Linear(2, 2), nn.Tanh())
d_opt, g_opt = torch.optim.SGD(D.parameters(), lr=0.1), torch.optim.SGD(G.parameters(), lr=0.1)
for x, y in batches:
    fake = G(torch.randn(3, 2))
    d_opt.zero_grad()
    (D(fake).mean() - D(x).mean()).backward()
    d_opt.step()
    g_opt.zero_grad()
    (-D(fake).mean()).backward()  # LC106
    g_opt.step()
""",
    "a loss from before the loop": """
x, y = batches[0]
loss = loss_fn(deep(x), y)
for x, y in batches:
    optimizer.zero_grad()
    loss.backward()  # LC107
    optimizer.step()
""",
    "features from before the loop": """
x, y = batches[0]
features = deep(x)
head = nn.Linear(1, 1)
for x, y in batches:
    optimizer.zero_grad()
    loss = loss_fn(head(features), y)
    loss.backward()  # LC107
    optimizer.step()
""",
    "a sum that is propagated again and again": """
total = 0
for x, y in batches:
    optimizer.zero_grad()
    total = total + loss_fn(deep(x), y)
    total.backward()  # LC107
    optimizer.step()
""",
    "an old loss that torch lets pass": """
x, y = batches[0]
loss = loss_fn(model(x), y)
for x, y in batches:
    optimizer.zero_grad()
    loss.backward(retain_graph=True)  # LC107
    optimizer.step()
""",
    "an old loss, retained, that torch stops at": """
x, y = batches[0]
loss = loss_fn(deep(x), y)
for x, y in batches:
    optimizer.zero_grad()
    loss.backward(retain_graph=True)  # LC107
    optimizer.step()
""",
    "a recurrent state of a cell": """
cell, head = nn.GRUCell(2, 4), nn.Linear(4, 1)
optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.1)
state = torch.zeros(3, 4)
for x, y in batches:
    optimizer.zero_grad()
    state = cell(x, state)  # LC402
    loss_fn(head(state), y).backward()
    optimizer.step()
""",
    "a recurrent state of an LSTM, in a trainer": """
class Trainer:
    def __init__(self):
        self.rnn = nn.LSTM(2, 1)
        self.optimizer = torch.optim.SGD(self.rnn.parameters(), lr=0.1)
        self.state = None
    def step(self, x, y):
        self.optimizer.zero_grad()
        output, self.state = self.rnn(x, self.state)  # LC402
        loss_fn(output, y).backward()
        self.optimizer.step()
trainer = Trainer()
for x, y in batches:
    trainer.step(x, y)
""",
    "a state that grows with a retained graph": """
cell, head = nn.RNNCell(2, 4), nn.Linear(4, 1)
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
state = torch.zeros(3, 4)
for x, y in batches * 8:
    optimizer.zero_grad()
    state = cell(x, state)  # LC402
    loss_fn(head(state), y).backward(retain_graph=True)
    optimizer.step()
""",
}


@pytest.mark.parametrize("name", USED_TWICE)
def test_a_graph_used_twice_is_found(name: str) -> None:
    check(USED_TWICE[name])


USED_WELL = {
    "retained for a second loss": """
for x, y in batches:
    optimizer.zero_grad()
    hidden = deep(x)
    loss_fn(hidden, y).backward(retain_graph=True)
    hidden.abs().mean().backward()
    optimizer.step()
""",
    "one loss twice on purpose": """
for x, y in batches:
    optimizer.zero_grad()
    loss = loss_fn(deep(x), y)
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()
""",
    "several losses with graphs of their own": """
for x, y in batches:
    optimizer.zero_grad()
    for one in (model, deep):
        loss_fn(one(x), y).backward()
    optimizer.step()
""",
    "rows of a Jacobian": """
for x, y in batches:
    optimizer.zero_grad()
    out = deep(x)
    for row in range(3):
        out[row, 0].backward(retain_graph=row < 2)
    optimizer.step()
""",
    "accumulation": """
for i, (x, y) in enumerate(batches * 2):
    (loss_fn(deep(x), y) / 3).backward()
    if i % 3 == 2:
        optimizer.step()
        optimizer.zero_grad()
""",
    "truncated backpropagation with detach": """
rnn = nn.GRU(2, 1)
optimizer = torch.optim.SGD(rnn.parameters(), lr=0.1)
state = None
for x, y in batches:
    optimizer.zero_grad()
    output, state = rnn(x, state)
    loss_fn(output, y).backward()
    optimizer.step()
    state = state.detach()
""",
    "a state within one sequence": """
cell, head = nn.GRUCell(2, 4), nn.Linear(4, 1)
optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    state, loss = torch.zeros(3, 4), 0
    for x, y in batches:
        state = cell(x, state)
        loss = loss + loss_fn(head(state), y)
    loss.backward()
    optimizer.step()
""",
    "a state whose loss of each time step is propagated at once": """
cell, head = nn.GRUCell(2, 4), nn.Linear(4, 1)
optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.1)
for _ in range(3):
    optimizer.zero_grad()
    state = torch.zeros(3, 4)
    for x, y in batches[:4]:
        state = cell(x, state)
        loss_fn(head(state), y).backward(retain_graph=True)
    optimizer.step()
""",
    "a moving window of retained states": """
cell, head = nn.RNNCell(2, 4), nn.Linear(4, 1)
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
inputs, state = collections.deque(maxlen=5), torch.zeros(3, 4)
for x, y in batches * 5:
    optimizer.zero_grad()
    inputs.append(x)
    state = torch.zeros(3, 4)
    for one in inputs:
        state = cell(one, state)
    loss_fn(head(state), y).backward(retain_graph=True)  # LC113
    optimizer.step()
""",
    "the loss of the round before": """
waiting = None
for x, y in batches:
    optimizer.zero_grad()
    if waiting is not None:
        waiting.backward()
        optimizer.step()
    waiting = loss_fn(model(x), y)
""",
    "a gradient penalty": """
for x, y in batches:
    optimizer.zero_grad()
    x = x.clone().requires_grad_()
    out = deep(x)
    gradient, = torch.autograd.grad(out.sum(), x, create_graph=True)
    (loss_fn(out, y) + gradient.square().mean()).backward()
    optimizer.step()
""",
    "an encoder that is stepped once an epoch": """
encoder, head = nn.Linear(2, 4), nn.Linear(4, 1)
slow, fast = torch.optim.SGD(encoder.parameters(), lr=0.1), torch.optim.SGD(head.parameters(), lr=0.1)
x, y = batches[0]
for _ in range(3):
    slow.zero_grad()
    hidden = encoder(x)
    for _ in range(4):
        fast.zero_grad()
        loss_fn(hidden @ torch.randn(4, 1), y).backward(retain_graph=True)
        loss_fn(head(hidden.detach()), y).backward()
        fast.step()
    slow.step()
""",
    "sums of parameters that save nothing": """
for x, y in batches:
    optimizer.zero_grad()
    shared = model.weight + 1
    (shared * 2).sum().backward()
    shared.sum().backward()
    loss_fn(model(x), y).backward()
    optimizer.step()
""",
    "LBFGS": """
optimizer = torch.optim.LBFGS(deep.parameters(), max_iter=3)
for x, y in batches[:4]:
    def closure():
        optimizer.zero_grad()
        loss = loss_fn(deep(x), y)
        loss.backward()
        return loss
    optimizer.step(closure)
""",
    "a generator trained through the discriminator's graph": """
D, G = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)), nn.Sequential(nn.Linear(2, 2), nn.Tanh())
d_opt, g_opt = torch.optim.SGD(D.parameters(), lr=0.1), torch.optim.SGD(G.parameters(), lr=0.1)
for x, y in batches:
    fake = G(torch.randn(3, 2))
    d_opt.zero_grad()
    (D(fake.detach()).mean() - D(x).mean()).backward()
    d_opt.step()
    g_opt.zero_grad()
    (-D(fake).mean()).backward()
    g_opt.step()
""",
}


@pytest.mark.parametrize("name", USED_WELL)
def test_a_graph_used_well_is_silent(name: str) -> None:
    assert check(USED_WELL[name]).raised is None


def test_the_exception_of_torch_says_where_the_graph_was_used() -> None:
    found = run(USED_TWICE["a shared trunk"])
    line = [f.related[0].site.start.row for f in found.findings]
    assert found.raised is not None
    assert found.raised.__notes__ == [f"loopcheck: this graph was used up by the backward() at <program>:{line[0]}"]
    assert "second time" in str(found.raised)


CUT = {
    "item": """
for x, y in batches:
    optimizer.zero_grad()
    loss = loss_fn(deep(x), y)
    loss = torch.tensor(loss.item(), requires_grad=True)  # LC108
    loss.backward()
    optimizer.step()
""",
    "detach, refused by torch": """
for x, y in batches:
    optimizer.zero_grad()
    output = deep(x).detach()  # LC108
    loss = loss_fn(output, y)
    loss.backward()
    optimizer.step()
""",
    "data, hidden by requires_grad_": """
def train(x, y):
    optimizer.zero_grad()
    output = deep(x)
    loss = F.mse_loss(output.data, y)  # LC108
    loss.requires_grad_()
    loss.backward()
    optimizer.step()

for x, y in batches:
    train(x, y)
""",
    "a step that has no gradient": """
for x, y in batches:
    optimizer.zero_grad()
    output = deep(x)
    loss = ((output > 0).float() - y.detach()).square().mean()
    loss.backward()  # LC108
    optimizer.step()
""",
    "no_grad": """
for x, y in batches:
    optimizer.zero_grad()
    with torch.no_grad():
        output = deep(x)  # LC204
    loss = loss_fn(output, y)
    loss.backward()
    optimizer.step()
""",
    "inference_mode by a decorator": """
@torch.inference_mode()
def predict(x):
    return deep(x)  # LC204

for x, y in batches:
    optimizer.zero_grad()
    loss = loss_fn(predict(x), y).clone().requires_grad_()
    loss.backward()
    optimizer.step()
""",
    "gradients left off by a validation": """
for epoch in range(3):
    for x, y in batches:
        optimizer.zero_grad()
        loss = loss_fn(deep(x), y)  # LC204
        loss.backward()
        optimizer.step()
    torch.set_grad_enabled(False)
    deep(x)
""",
}


@pytest.mark.parametrize("name", CUT)
def test_a_loss_without_a_graph_is_found(name: str) -> None:
    check(CUT[name])
    torch.set_grad_enabled(True)


WHOLE = {
    "a detached target, and a logged copy": """
teacher = nn.Linear(2, 1)
for x, y in batches:
    optimizer.zero_grad()
    with torch.no_grad():
        target = teacher(x)
    output = deep(x)
    loss = loss_fn(output, target.detach())
    logged = loss.detach().item()
    loss.backward()
    optimizer.step()
""",
    "a frozen feature extractor": """
with torch.no_grad():
    for p in model.parameters():
        p.requires_grad_(False)
head = nn.Linear(1, 1)
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
for x, y in batches:
    with torch.no_grad():
        features = model(x)
    loss = loss_fn(head(features), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a trained encoder under no_grad, and a head on top": """
head = nn.Linear(1, 1)
second = torch.optim.SGD(head.parameters(), lr=0.1)
for x, y in batches:
    with torch.no_grad():
        features = deep(x)
    second.zero_grad()
    loss_fn(head(features), y).backward()
    second.step()
    optimizer.zero_grad()
    loss_fn(deep(x), y).backward()
    optimizer.step()
""",
    "a batch without any object": """
for i, (x, y) in enumerate(batches):
    optimizer.zero_grad()
    loss = torch.zeros((), requires_grad=True)
    for one, wanted in [] if i in (0, 1) else zip(x, y):
        loss = loss + loss_fn(deep(one), wanted.detach())
    loss.backward()
    optimizer.step()
""",
    "an input that is a leaf of its own": """
image = torch.zeros(3, 2, requires_grad=True)
frozen, pixels = nn.Linear(2, 1), torch.optim.SGD([image], lr=0.1)
for x, y in batches:
    pixels.zero_grad()
    loss_fn(frozen(image), y).backward()
    pixels.step()
""",
    "a straight-through estimate": """
for x, y in batches:
    optimizer.zero_grad()
    output = deep(x)
    output = output + (output.round() - output).detach()
    loss_fn(output, y).backward()
    optimizer.step()
""",
    "an evaluation between two epochs": """
for epoch in range(2):
    for x, y in batches:
        optimizer.zero_grad()
        loss_fn(deep(x), y).backward()
        optimizer.step()
    with torch.no_grad():
        print(sum(loss_fn(deep(x), y).item() for x, y in batches) > 0)
""",
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_loss_with_a_graph_is_silent(name: str) -> None:
    assert check(WHOLE[name]).raised is None


def test_the_exception_of_torch_says_where_the_graph_was_lost() -> None:
    found = run(CUT["no_grad"])
    assert found.raised is not None
    at = found.findings[0].site.start.row
    assert found.raised.__notes__ == [f"loopcheck: this forward pass ran without gradients: <program>:{at}"]


STEP = """
    optimizer.zero_grad()
    output = deep(x)
    loss = loss_fn(output, y)
    loss.backward()
    optimizer.step()
"""
LOOP = "for i, (x, y) in enumerate(batches * 5):" + STEP
"""A right iteration; what is done with its loss follows."""

KEPT = {
    "a sum": "total = 0\n" + LOOP + "    total += loss  # LC401\n",
    "a sum written out": "total = 0\n" + LOOP + "    total = total + loss / len(batches)  # LC401\n",
    "a moving average": "average = 0\n" + LOOP + "    average = 0.9 * average + 0.1 * loss  # LC401\n",
    "a list": "losses = []\n" + LOOP + "    losses.append(loss)  # LC401\n",
    "a list of outputs": "outputs = []\n" + LOOP + "    outputs.append((i, output))  # LC401\n",
    "a dict": "logs = {'loss': 0}\n" + LOOP + "    logs['loss'] += loss  # LC401\n",
    "a dict of lists": "logs = {'loss': []}\n" + LOOP + "    logs['loss'].append(loss)  # LC401\n",
    "a dict by number": "logs = {}\n" + LOOP.replace("* 5", "* 6") + "    logs[i] = loss  # LC401\n",
    "a sum that is printed now and then": "running = 0\n"
    + LOOP
    + """    running += loss  # LC401
    if i % 30 == 29:
        print(running / 30)
        running = 0
""",
    "a sum for each epoch": """
def epoch():
    total = 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = loss_fn(deep(x), y)
        loss.backward()
        optimizer.step()
        total += loss  # LC401
    return total / len(batches)

for _ in range(3):
    epoch()
""",
    "a meter": """
class Meter:
    def __init__(self):
        self.total, self.count = 0, 0
    def update(self, value):
        self.total += value  # LC401
        self.count += 1
meter = Meter()
"""
    + LOOP
    + "    meter.update(loss)\n",
    "a trainer": """
class Trainer:
    def __init__(self):
        self.losses = []
    def step(self, x, y):
        optimizer.zero_grad()
        loss = loss_fn(deep(x), y)
        loss.backward()
        optimizer.step()
        self.losses.append(loss)  # LC401
trainer = Trainer()
for x, y in batches:
    trainer.step(x, y)
""",
    "a global": """
total = 0
def step(x, y):
    global total
    optimizer.zero_grad()
    loss = loss_fn(deep(x), y)
    loss.backward()
    optimizer.step()
    total += loss  # LC401
for x, y in batches:
    step(x, y)
""",
    "from the hundredth step on": "kept = []\n"
    + LOOP.replace("* 5", "* 20")
    + """    if i >= 100:
        kept.append(loss)  # LC401
""",
}


@pytest.mark.parametrize("name", KEPT)
def test_a_graph_that_is_kept_is_found(name: str) -> None:
    assert check(KEPT[name]).raised is None


LET_GO = {
    "item": "total = 0\n" + LOOP + "    total += loss.item()\n",
    "detach": "total = 0\n" + LOOP + "    total += loss.detach()\n",
    "under no_grad": "total = 0\n" + LOOP + "    with torch.no_grad():\n        total += loss\n",
    "detached outputs": "outputs = []\n" + LOOP + "    outputs.append(output.detach())\n",
    "every 20th": "kept = []\n" + LOOP + "    if i % 20 == 0:\n        kept.append(loss)\n",
    "every 8th": "kept = []\n" + LOOP.replace("* 5", "* 8") + "    if i % 8 == 0:\n        kept.append(loss)\n",
    "the first three": "kept = []\n" + LOOP + "    if i < 3:\n        kept.append(loss)\n",
    "the best": "best = None\n" + LOOP + "    if best is None or loss < best:\n        best = loss\n",
    "the one before": "before = 0\n" + LOOP + "    change, before = loss - before, loss\n",
    "a window": "kept = collections.deque(maxlen=40)\n" + LOOP + "    kept.append(output)\n",
    "a window by hand": "kept = []\n" + LOOP + "    kept.append(output)\n    if len(kept) > 10:\n        kept.pop(0)\n",
    "a slice": "kept = []\n" + LOOP + "    kept.append(output)\n    kept = kept[-10:]\n",
    "a ring": "kept = [None] * 10\n" + LOOP + "    kept[i % 10] = loss\n",
    "a replay buffer": "kept = []\n" + LOOP + "    kept.append((x, output.detach().clone()))\n",
    "an early stop": "total = 0\n" + LOOP + "    total = loss.item()\n    if i > 3 and total < 1e9:\n        break\n",
    "losses of one step": """
for x, y in batches:
    losses = []
    for one in (model, deep):
        losses.append(loss_fn(one(x), y))
    optimizer.zero_grad()
    sum(losses).backward()
    optimizer.step()
""",
    "micro-batches": """
for _ in range(4):
    total = 0
    for x, y in batches:
        loss = loss_fn(deep(x), y) / len(batches)
        loss.backward()
        total += loss
    optimizer.step()
    optimizer.zero_grad()
""",
    "an episode of hundreds of actions beside a critic that steps": """
critic = nn.Linear(2, 1)
second = torch.optim.SGD(critic.parameters(), lr=0.01)
for _ in range(2):
    actions = []
    for x, y in batches * 12:
        actions.append(deep(x).mean())
        second.zero_grad()
        loss_fn(critic(x), y).backward()
        second.step()
    optimizer.zero_grad()
    torch.stack(actions).mean().backward()
    optimizer.step()
""",
    "tasks of an inner loop": """
import copy
for _ in range(3):
    outer = 0
    for x, y in batches[:4]:
        weights = [w for w in model.parameters()]
        for _ in range(3):
            loss = loss_fn(F.linear(x, weights[0], weights[1]), y)
            grads = torch.autograd.grad(loss, weights, create_graph=True)
            weights = [w - 0.1 * g for w, g in zip(weights, grads)]
        outer = outer + loss_fn(F.linear(x, weights[0], weights[1]), y)
    optimizer.zero_grad()
    outer.backward()
    optimizer.step()
""",
    "adapted copies whose losses wait for the outer step": """
import copy
for _ in range(3):
    outer = 0
    for x, y in batches[:4]:
        inner = copy.deepcopy(model)
        fast = torch.optim.SGD(inner.parameters(), lr=0.1)
        for _ in range(5):
            fast.zero_grad()
            loss_fn(inner(x), y).backward()
            fast.step()
        outer = outer + loss_fn(inner(x), deep(x))
    optimizer.zero_grad()
    outer.backward()
    optimizer.step()
""",
}


@pytest.mark.parametrize("name", LET_GO)
def test_a_graph_that_is_let_go_is_silent(name: str) -> None:
    assert check(LET_GO[name]).raised is None
