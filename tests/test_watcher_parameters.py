"""The watcher on who holds which parameters, and which get gradients: LC506, LC507. What each must find, and what looks
like it.

Each program runs on its own behind START. The line that must be named ends in `# LC506` or the like.
"""

from __future__ import annotations

from textwrap import dedent

import pytest
from watching import judged

from loopcheck.findings import Certainty
from loopcheck.settings import Settings

START = """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
batches = [(torch.randn(6, 4), torch.randn(6, 1), torch.randint(0, 3, (6,))) for _ in range(6)]


def sgd(*modules):
    return torch.optim.SGD([p for module in modules for p in module.parameters()], lr=0.01)


def train(optimizer, step, rounds=1):
    for _ in range(rounds):
        for x, y, c in batches:
            optimizer.zero_grad()
            step(x, y, c).backward()
            optimizer.step()


net, reg = nn.Linear(4, 3), nn.Linear(4, 1)
optimizer = sgd(net, reg)
"""

FOUND = {
    # ---- LC506
    "head_replaced": """
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        opt = torch.optim.Adam(model.parameters())  # LC506
        model[2] = nn.Linear(8, 1)
        for x, y, c in batches:
            opt.zero_grad()
            F.mse_loss(model(x), y).backward()
            opt.step()
    """,
    "model_built_anew": """
        model = nn.Linear(4, 1)
        opt = torch.optim.Adam(model.parameters())  # LC506
        model = nn.Linear(4, 1)
        for x, y, c in batches:
            opt.zero_grad()
            F.mse_loss(model(x), y).backward()
            opt.step()
    """,
    "one_of_two_layers": """
        class Two(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.head = nn.Linear(4, 4), nn.Linear(4, 1)
            def forward(self, x):
                return self.head(self.body(x).relu())
        model = Two()
        opt = torch.optim.SGD(model.head.parameters(), lr=0.1)  # LC506
        for x, y, c in batches:
            opt.zero_grad()
            F.mse_loss(model(x), y).backward()
            opt.step()
    """,
    # ---- LC507
    "layer_never_called": """
        class Idle(nn.Module):
            def __init__(self):
                super().__init__()
                self.used, self.idle = nn.Linear(4, 1), nn.Linear(4, 1)
            def forward(self, x):
                return self.used(x)
        model = Idle()
        opt = sgd(model)
        for x, y, c in batches:
            opt.zero_grad()
            F.mse_loss(model(x), y).backward()  # LC507
            opt.step()
    """,
    "branch_cut_by_detach": """
        class Cut(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(4, 1), nn.Linear(4, 1)
            def forward(self, x):
                return self.a(x) + self.b(x).detach()
        model = Cut()
        opt = torch.optim.AdamW(model.parameters())
        for x, y, c in batches:
            opt.zero_grad(set_to_none=False)
            loss = F.mse_loss(model(x), y)
            loss.backward()  # LC507
            opt.step()
    """,
    "output_thrown_away": """
        class Pair(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(4, 1), nn.Linear(4, 3)
            def forward(self, x):
                return self.a(x), self.b(x)
        model = Pair()
        opt = sgd(model)
        for x, y, c in batches * 2:
            out, _ = model(x)
            loss = F.mse_loss(out, y)
            opt.zero_grad()
            loss.backward()  # LC507
            opt.step()
    """,
}

LEGAL = {
    # ---- LC506
    "frozen_backbone": """
        body, head = nn.Linear(4, 4).requires_grad_(False), nn.Linear(4, 1)
        model = nn.Sequential(body, head)
        opt = sgd(head)
        train(opt, lambda x, y, c: F.mse_loss(model(x), y))
    """,
    "frozen_in_the_optimizer": """
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
        opt = sgd(model)
        model[0].requires_grad_(False)
        train(opt, lambda x, y, c: F.mse_loss(model(x), y))
    """,
    "unfrozen_later": """
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
        model[0].requires_grad_(False)
        opt = sgd(model[1])
        train(opt, lambda x, y, c: F.mse_loss(model(x), y))
        model[0].requires_grad_(True)
        opt.add_param_group({"params": model[0].parameters()})
        train(opt, lambda x, y, c: F.mse_loss(model(x), y))
    """,
    "unfrozen_from_the_start": """
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
        model[0].requires_grad_(False)
        opt = sgd(model)
        for epoch in range(3):
            model[0].requires_grad_(epoch > 0)
            train(opt, lambda x, y, c: F.mse_loss(model(x), y))
    """,
    "two_optimizers": """
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
        one, two = sgd(model[0]), sgd(model[1])
        for x, y, c in batches:
            one.zero_grad()
            two.zero_grad()
            F.mse_loss(model(x), y).backward()
            one.step()
            two.step()
    """,
    "an_image_is_trained": """
        judge = nn.Linear(4, 1)
        image = torch.randn(6, 4, requires_grad=True)
        opt = torch.optim.Adam([image], lr=0.1)
        for x, y, c in batches:
            opt.zero_grad()
            F.mse_loss(judge(image), y).backward()
            opt.step()
    """,
    "a_prompt_is_trained": """
        prompt = nn.Parameter(torch.zeros(4))
        frozen = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 3))
        opt = torch.optim.AdamW([prompt])
        for x, y, c in batches:
            opt.zero_grad()
            loss = F.cross_entropy(frozen(x + prompt), c)
            loss.backward()
            opt.step()
    """,
    "a_latent_is_found_for_a_generator": """
        generator = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
        for x, y, c in batches[:2]:
            latent = torch.zeros(6, 4, requires_grad=True)
            opt = torch.optim.Adam([latent], lr=0.1)
            for _ in range(5):
                opt.zero_grad()
                F.mse_loss(generator(latent), x).backward()
                opt.step()
    """,
    "a_part_is_updated_by_hand": """
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
        opt = sgd(model[1])
        for x, y, c in batches:
            opt.zero_grad()
            F.mse_loss(model(x), y).backward()
            opt.step()
            with torch.no_grad():
                for p in model[0].parameters():
                    p -= 0.01 * p.grad
                    p.grad = None
    """,
    "an_optimizer_of_ones_own": """
        class Own:
            def __init__(self, parameters):
                self.parameters = list(parameters)
            def step(self):
                for p in self.parameters:
                    p.data.add_(p.grad, alpha=-0.01)
            def zero_grad(self):
                for p in self.parameters:
                    p.grad = None
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
        one, two = sgd(model[0]), Own(model[1].parameters())
        for x, y, c in batches:
            one.zero_grad()
            two.zero_grad()
            F.mse_loss(model(x), y).backward()
            one.step()
            two.step()
    """,
    "judged_by_an_unfrozen_network": """
        judge = nn.Linear(4, 2)
        model = nn.Linear(4, 4)
        train(sgd(model), lambda x, y, c: F.mse_loss(judge(model(x)), judge(x).detach()))
    """,
    "gan": """
        G, D = nn.Linear(4, 4), nn.Linear(4, 1)
        g, d = sgd(G), sgd(D)
        for x, y, c in batches:
            d.zero_grad()
            fake = G(torch.randn(6, 4))
            (F.softplus(-D(x)).mean() + F.softplus(D(fake.detach())).mean()).backward()
            d.step()
            g.zero_grad()
            F.softplus(-D(fake)).mean().backward()
            g.step()
    """,
    "ema_teacher": """
        import copy
        teacher = copy.deepcopy(net)
        opt = sgd(net)
        for x, y, c in batches:
            with torch.no_grad():
                wanted = teacher(x).softmax(1)
            loss = F.cross_entropy(net(x), wanted)
            opt.zero_grad()
            loss.backward()
            opt.step()
            with torch.no_grad():
                for p, q in zip(teacher.parameters(), net.parameters()):
                    p.lerp_(q, 0.1)
    """,
    "lora": """
        class Lora(nn.Module):
            def __init__(self, base):
                super().__init__()
                self.base = base.requires_grad_(False)
                self.a, self.b = nn.Parameter(torch.randn(4, 2)), nn.Parameter(torch.zeros(2, 3))
            def forward(self, x):
                return self.base(x) + x @ self.a @ self.b
        model = Lora(nn.Linear(4, 3))
        opt = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad])
        train(opt, lambda x, y, c: F.cross_entropy(model(x), c))
    """,
    "steps_in_turn": """
        class Two(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 1)
            def forward(self, x):
                return self.b(self.a(x).tanh())
        model = Two()
        opts = [sgd(model.a), sgd(model.b)]
        for i, (x, y, c) in enumerate(batches * 2):
            model.zero_grad()
            F.mse_loss(model(x), y).backward()
            opts[i % 2].step()
    """,
    # ---- LC507
    "experts_that_come_late": """
        class Experts(nn.Module):
            def __init__(self):
                super().__init__()
                self.experts = nn.ModuleList([nn.Linear(4, 1) for _ in range(3)])
            def forward(self, x, which):
                return self.experts[which](x)
        model = Experts()
        opt = sgd(model)
        for i, (x, y, c) in enumerate(batches * 4):
            opt.zero_grad()
            F.mse_loss(model(x, 0 if i < 8 or i > 20 else 1 + i % 2), y).backward()
            opt.step()
    """,
    "an_embedding_used_late": """
        class Words(nn.Module):
            def __init__(self):
                super().__init__()
                self.words, self.out = nn.Embedding(50, 4), nn.Linear(4, 1)
            def forward(self, x, i):
                return self.out(x + self.words(torch.tensor([40]))) if 8 < i < 20 else self.out(x)
        model = Words()
        opt = torch.optim.Adam(model.parameters())
        for i, (x, y, c) in enumerate(batches * 4):
            opt.zero_grad()
            F.mse_loss(model(x, i), y).backward()
            opt.step()
    """,
    "layers_dropped_by_chance": """
        class Drops(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(4)])
                self.out, self.calls = nn.Linear(4, 1), 0
            def forward(self, x):
                self.calls += 1
                for i, layer in enumerate(self.layers):
                    if (self.calls >> i) % 2:
                        x = x + layer(x)
                return self.out(x)
        model = Drops()
        opt = sgd(model)
        train(opt, lambda x, y, c: F.mse_loss(model(x), y), rounds=4)
    """,
    "an_unused_part_that_is_frozen": """
        class Spare(nn.Module):
            def __init__(self):
                super().__init__()
                self.used, self.spare = nn.Linear(4, 1), nn.Linear(4, 1).requires_grad_(False)
            def forward(self, x):
                return self.used(x)
        model = Spare()
        train(sgd(model), lambda x, y, c: F.mse_loss(model(x), y))
    """,
    "heads_in_phases": """
        class Heads(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 1), nn.Linear(4, 1)
            def forward(self, x, second=False):
                return (self.second if second else self.first)(self.body(x))
        model = Heads()
        opt = sgd(model)
        train(opt, lambda x, y, c: F.mse_loss(model(x), y), rounds=2)
        train(opt, lambda x, y, c: F.mse_loss(model(x, True), y), rounds=2)
        train(opt, lambda x, y, c: F.mse_loss(model(x), y), rounds=2)
    """,
}
ON = Settings(select=("LC506", "LC507"), min_certainty=Certainty.POSSIBLE)


@pytest.mark.parametrize("name", FOUND)
def test_a_fault_is_found_at_its_line(name: str) -> None:
    result, marks = judged(START + dedent(FOUND[name]), ON)
    assert marks
    assert result.pairs == marks


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_loop_is_silent(name: str) -> None:
    result, _ = judged(START + dedent(LEGAL[name]), ON)
    assert result.raised is None
    assert [(f.code, f.site.start.row, f.message) for f in result.findings] == []
