"""The watcher on losses: LC112, LC501 to LC505, LC705. What each must find, and what looks like it.

Each program runs on its own behind START. The line that must be named ends in `# LC501` or the like.
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
    # ---- LC501
    "softmax_per_sample_then_mean": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x).softmax(1), c, reduction="none").mean()  # LC501
            loss.backward()
            optimizer.step()
    """,
    "softmax_weighted_per_sample": """
        criterion = nn.CrossEntropyLoss(reduction="none")
        for x, y, c in batches:
            optimizer.zero_grad()
            each = criterion(net(x).softmax(1), c)  # LC501
            (each * torch.rand(6)).sum().backward()
            optimizer.step()
    """,
    "softmax_beside_a_regression_loss": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(reg(x), y) + F.cross_entropy(net(x).softmax(1), c)  # LC501
            loss.backward()
            optimizer.step()
    """,
    "softmax_label_smoothing": """
        criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = criterion(net(x).softmax(1), c)  # LC501
            loss.backward()
            optimizer.step()
    """,
    "softmax_and_probability_targets": """
        criterion = nn.CrossEntropyLoss()
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = criterion(net(x).softmax(1), F.one_hot(c, 3).float())  # LC501
            loss.backward()
            optimizer.step()
    """,
    "softmax_first_of_two_calls_of_one_criterion": """
        criterion = nn.CrossEntropyLoss()
        for x, y, c in batches:
            optimizer.zero_grad()
            first = criterion(net(x).softmax(1), c)  # LC501
            second = criterion(net(x), c)
            (first + second).backward()
            optimizer.step()
    """,
    "softmax_second_of_two_functional_calls": """
        for x, y, c in batches:
            optimizer.zero_grad()
            plain = F.cross_entropy(net(x), c)
            loss = F.cross_entropy(net(x).softmax(1), c)  # LC501
            (plain + loss).backward()
            optimizer.step()
    """,
    "softmax_in_a_helper": """
        def compute(x, c):
            output = torch.softmax(net(x), dim=-1)
            return F.cross_entropy(output, c)  # LC501
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = compute(x, c)
            loss.backward()
            optimizer.step()
    """,
    "softmax_over_time": """
        for x, y, c in batches:
            optimizer.zero_grad()
            steps = net(torch.stack([x, x])).softmax(-1)
            loss = F.cross_entropy(steps.flatten(0, 1), torch.cat([c, c]))  # LC501
            loss.backward()
            optimizer.step()
    """,
    "softmax_of_images": """
        conv = nn.Conv2d(1, 3, 1)
        opt = sgd(conv)
        for x, y, c in batches:
            opt.zero_grad()
            loss = F.cross_entropy(conv(x.view(6, 1, 2, 2)).softmax(1), c.view(6, 1, 1).expand(6, 2, 2))  # LC501
            loss.backward()
            opt.step()
    """,
    # ---- LC502
    "sigmoid_per_element_then_mean": """
        for x, y, c in batches:
            optimizer.zero_grad()
            p = torch.sigmoid(reg(x))
            loss = F.binary_cross_entropy_with_logits(p, (y > 0).float(), reduction="none").mean()  # LC502
            loss.backward()
            optimizer.step()
    """,
    "sigmoid_at_the_end_of_the_model": """
        model = nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())
        opt, criterion = sgd(model), nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))
        for x, y, c in batches:
            opt.zero_grad()
            loss = criterion(model(x).squeeze(1), (y > 0).float().squeeze(1))  # LC502
            loss.backward()
            opt.step()
    """,
    "sigmoid_in_a_helper": """
        def compute(x, y):
            return F.binary_cross_entropy_with_logits(reg(x).sigmoid(), (y > 0).float())  # LC502
        for x, y, c in batches:
            optimizer.zero_grad()
            compute(x, y).backward()
            optimizer.step()
    """,
    # ---- LC503
    "nll_on_logits_then_mean": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = F.nll_loss(net(x), c, reduction="none").mean()  # LC503
            loss.backward()
            optimizer.step()
    """,
    "nll_on_probabilities_module": """
        criterion = nn.NLLLoss()
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = criterion(F.softmax(net(x), dim=1), c)  # LC503
            loss.backward()
            optimizer.step()
    """,
    "nll_on_logits_of_images": """
        conv = nn.Conv2d(1, 3, 1)
        opt, criterion = sgd(conv), nn.NLLLoss()
        for x, y, c in batches:
            opt.zero_grad()
            loss = criterion(conv(x.view(6, 1, 2, 2)), c.view(6, 1, 1).expand(6, 2, 2))  # LC503
            loss.backward()
            opt.step()
    """,
    "bce_on_logits": """
        criterion = nn.BCELoss()
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = criterion(reg(x), (y > 0).float())  # LC503
            loss.backward()
            optimizer.step()
    """,
    # ---- LC504
    "bce_with_logits_swapped": """
        criterion = nn.BCEWithLogitsLoss()
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = criterion((y > 0).float(), reg(x))  # LC504
            loss.backward()
            optimizer.step()
    """,
    "bce_swapped_functional": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = F.binary_cross_entropy((y > 0).float(), reg(x).sigmoid())  # LC504
            loss.backward()
            optimizer.step()
    """,
    "cross_entropy_swapped_raises": """
        criterion = nn.CrossEntropyLoss()
        for x, y, c in batches:
            loss = criterion(c, net(x))  # LC504
            loss.backward()
            optimizer.step()
    """,
    "nll_swapped_by_keyword": """
        criterion = nn.NLLLoss()
        for x, y, c in batches:
            loss = criterion(target=net(x).log_softmax(1), input=c)  # LC504
            loss.backward()
            optimizer.step()
    """,
    # ---- LC505
    "broadcast_beside_another_loss": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), c) + (reg(x) - y[:, 0]).pow(2).mean()  # LC505
            loss.backward()
            optimizer.step()
    """,
    "broadcast_module_squeezed": """
        criterion = nn.L1Loss()
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = criterion(reg(x).squeeze(), y)  # LC505
            loss.backward()
            optimizer.step()
    """,
    "broadcast_huber": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = F.smooth_l1_loss(reg(x), y.flatten())  # LC505
            loss.backward()
            optimizer.step()
    """,
    "broadcast_with_weights": """
        for x, y, c in batches:
            optimizer.zero_grad()
            error = (reg(x) - y.view(-1)) ** 2
            loss = error.mean()  # LC505
            (0.5 * loss).backward()
            optimizer.step()
    """,
    # ---- LC112
    "one_loss_a_sample": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), c, reduction="none")
            loss.backward()  # LC112
            optimizer.step()
    """,
    "squares_not_averaged": """
        for x, y, c in batches:
            optimizer.zero_grad()
            loss = (reg(x) - y) ** 2
            torch.autograd.backward(loss)  # LC112
            optimizer.step()
    """,
    # ---- LC705
    "targets_of_another_batch": """
        criterion = nn.CrossEntropyLoss()
        for x, y, c in batches:
            loss = criterion(net(x), c[:4])  # LC705
            loss.backward()
            optimizer.step()
    """,
    "outputs_merged_by_a_view": """
        criterion = nn.MSELoss()
        for x, y, c in batches:
            loss = criterion(net(x).view(9, 2), y)  # LC705
            loss.backward()
            optimizer.step()
    """,
    "pixels_and_labels": """
        criterion = nn.BCEWithLogitsLoss()
        for x, y, c in batches:
            loss = criterion(net(x).flatten(), (y[:, 0] > 0).float())  # LC705
            loss.backward()
            optimizer.step()
    """,
}

LEGAL = {
    # ---- LC501, LC502, LC503
    "attention_inside": """
        class Attends(nn.Module):
            def __init__(self):
                super().__init__()
                self.q, self.out = nn.Linear(4, 4), nn.Linear(4, 3)
            def forward(self, x):
                a = torch.softmax(self.q(x) @ x.T, dim=-1)
                return self.out(a @ x)
        model = Attends()
        train(sgd(model), lambda x, y, c: F.cross_entropy(model(x), c))
    """,
    "attention_is_the_last_product": """
        keys = nn.Parameter(torch.randn(4, 3))
        opt = torch.optim.SGD([keys, *reg.parameters()], lr=0.1)
        train(opt, lambda x, y, c: F.cross_entropy(torch.softmax(x, 1) @ keys + reg(x), c))
    """,
    "distillation": """
        teacher = nn.Linear(4, 3)
        def step(x, y, c):
            with torch.no_grad():
                wanted = teacher(x)
            out = net(x)
            soft = F.kl_div(F.log_softmax(out / 2, 1), F.softmax(wanted / 2, 1), reduction="batchmean") * 4
            return soft + F.cross_entropy(out, c)
        train(sgd(net), step)
    """,
    "reverse_kl_divergence": """
        teacher, criterion = nn.Linear(4, 3), nn.KLDivLoss(reduction="batchmean")
        def step(x, y, c):
            with torch.no_grad():
                wanted = teacher(x).log_softmax(1)
            return criterion(wanted, net(x).softmax(1))
        train(sgd(net), step)
    """,
    "distillation_by_probabilities": """
        teacher = nn.Linear(4, 3)
        def step(x, y, c):
            with torch.no_grad():
                wanted = teacher(x).softmax(1)
            return F.cross_entropy(net(x), wanted)
        train(sgd(net), step)
    """,
    "nll_of_log_softmax": """
        criterion = nn.NLLLoss()
        train(optimizer, lambda x, y, c: criterion(net(x).log_softmax(1), c) + reg(x).square().mean())
    """,
    "nll_of_a_mixture": """
        heads = nn.ModuleList([nn.Linear(4, 3), nn.Linear(4, 3)])
        train(sgd(heads), lambda x, y, c: F.nll_loss((heads[0](x).softmax(1) + heads[1](x).softmax(1)).div(2).log(), c))
    """,
    "nll_of_a_noisy_channel": """
        noise = torch.full((3, 3), 0.1) + 0.7 * torch.eye(3)
        train(sgd(net), lambda x, y, c: F.nll_loss(torch.log(net(x).softmax(1) @ noise), c))
    """,
    "nll_of_mixed_log_probabilities": """
        weight = torch.full((3, 3), 1 / 3)
        train(sgd(net), lambda x, y, c: F.nll_loss(net(x).log_softmax(1) @ weight, c))
    """,
    "poisson_and_gaussian_nll": """
        poisson, gauss = nn.PoissonNLLLoss(), nn.GaussianNLLLoss()
        train(optimizer, lambda x, y, c: poisson(reg(x), y.abs()) + gauss(reg(x), y, torch.ones(6, 1)) + net(x).mean())
    """,
    "sigmoid_and_bce": """
        criterion = nn.BCELoss()
        train(sgd(reg), lambda x, y, c: criterion(reg(x).sigmoid(), (y > 0).float()))
    """,
    "bce_of_mixed_probabilities": """
        mix = torch.full((6, 6), 1 / 6)
        train(sgd(reg), lambda x, y, c: F.binary_cross_entropy(mix @ reg(x).sigmoid(), (y > 0).float()))
    """,
    "scaled_cosine_similarities": """
        train(sgd(net), lambda x, y, c: F.cross_entropy(10 * torch.tanh(net(x)), c))
    """,
    "dual_softmax": """
        def step(x, y, c):
            scores = F.normalize(net(x), dim=1) @ F.normalize(net(x + 0.1), dim=1).T
            return F.cross_entropy(scores * torch.softmax(scores, dim=0) * 20, torch.arange(6))
        train(sgd(net), step)
    """,
    "log_softmax_over_some_classes": """
        train(sgd(net), lambda x, y, c: F.cross_entropy(net(x).log_softmax(1)[:, :2], c % 2))
    """,
    "gate_before_the_last_layer": """
        gate = nn.Linear(4, 4)
        train(sgd(net, gate), lambda x, y, c: F.cross_entropy(net(x * torch.sigmoid(gate(x))), c))
    """,
    "label_smoothing": """
        criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
        train(sgd(net), lambda x, y, c: criterion(net(x), c))
    """,
    "soft_labels": """
        criterion = nn.CrossEntropyLoss()
        train(sgd(net), lambda x, y, c: criterion(net(x), F.one_hot(c, 3) * 0.9 + 0.1 / 3))
    """,
    "entropy_bonus": """
        def step(x, y, c):
            logits = net(x)
            p, logp = logits.softmax(1), logits.log_softmax(1)
            return F.nll_loss(logp, c) + 0.01 * (p * logp).sum(1).mean()
        train(sgd(net), step)
    """,
    "policy_gradient": """
        def step(x, y, c):
            policy = torch.distributions.Categorical(logits=net(x))
            return -(policy.log_prob(policy.sample()) * y[:, 0]).mean()
        train(sgd(net), step)
    """,
    "focal_loss": """
        def step(x, y, c):
            each = F.cross_entropy(net(x), c, reduction="none")
            return ((1 - torch.exp(-each)) ** 2 * each).mean()
        train(sgd(net), step)
    """,
    # ---- LC504
    "both_sides_are_trained": """
        other = nn.Linear(4, 1)
        criterion = nn.BCEWithLogitsLoss()
        train(sgd(reg, other), lambda x, y, c: criterion(reg(x), other(x).sigmoid()))
    """,
    "mse_either_way": """
        criterion = nn.MSELoss()
        train(sgd(reg), lambda x, y, c: criterion(y, reg(x)))
    """,
    "l1_and_huber_either_way": """
        a, b = nn.L1Loss(), nn.SmoothL1Loss()
        train(sgd(reg), lambda x, y, c: a(y, reg(x)) + b(y, reg(x)))
    """,
    "learned_targets": """
        labels = nn.Parameter(torch.full((6, 1), 0.5))
        opt = torch.optim.SGD([labels, *reg.parameters()], lr=0.1)
        train(opt, lambda x, y, c: nn.BCELoss()(reg(x).sigmoid(), labels.clamp(0, 1)))
    """,
    "validation_loss": """
        criterion = nn.CrossEntropyLoss()
        train(sgd(net), lambda x, y, c: criterion(net(x), c))
        net.eval()
        with torch.no_grad():
            for x, y, c in batches:
                criterion(net(x), c)
    """,
    "labels_learned_for_a_frozen_scorer": """
        labels = nn.Parameter(torch.zeros(6, 1))
        opt = torch.optim.SGD([labels], lr=0.1)
        scorer = nn.Linear(4, 1).requires_grad_(False)
        criterion = nn.BCEWithLogitsLoss()
        for x, y, c in batches:
            opt.zero_grad()
            loss = criterion(scorer(x), labels.sigmoid())
            loss.backward()
            opt.step()
    """,
    # ---- LC505
    "all_pairs_of_predictions": """
        train(sgd(reg), lambda x, y, c: (reg(x) - reg(x).T).abs().mean())
    """,
    "ranking_of_pairs": """
        def step(x, y, c):
            p = reg(x)
            return F.softplus(-(p - p.T) * torch.sign(y - y.T)).mean()
        train(sgd(reg), step)
    """,
    "info_nce": """
        other = nn.Linear(4, 3)
        def step(x, y, c):
            a, b = F.normalize(net(x), dim=1), F.normalize(other(x), dim=1)
            return F.cross_entropy(a @ b.T / 0.1, torch.arange(6))
        train(sgd(net, other), step)
    """,
    "energy_distance": """
        def step(x, y, c):
            p = reg(x)
            return 2 * (p - y.T).abs().mean() - (p - p.T).abs().mean()
        train(sgd(reg), step)
    """,
    "mmd": """
        def kernel(a, b):
            return torch.exp(-(a - b.T).pow(2)).mean()
        def step(x, y, c):
            p = reg(x)
            return -2 * kernel(p, y) + kernel(p, p) + kernel(y, y)
        train(sgd(reg), step)
    """,
    "kernel_to_the_data": """
        train(sgd(reg), lambda x, y, c: -torch.exp(-(reg(x) - y.T).pow(2)).mean())
    """,
    "pairs_written_out": """
        train(sgd(reg), lambda x, y, c: (reg(x)[:, 0].unsqueeze(1) - y[:, 0].unsqueeze(0)).abs().mean())
    """,
    "pairs_by_transposing": """
        train(sgd(reg), lambda x, y, c: (reg(x) - y.T).pow(2).mean())
    """,
    "pairs_by_none": """
        def step(x, y, c):
            wanted = y[:, 0]
            return (reg(x) - wanted[None, :]).pow(2).mean()
        train(sgd(reg), step)
    """,
    "chamfer": """
        def step(x, y, c):
            d = (reg(x) - y.T).abs()
            return d.min(0).values.mean() + d.min(1).values.mean()
        train(sgd(reg), step)
    """,
    "as_many_outputs_as_samples": """
        square = nn.Linear(4, 6)
        train(sgd(square), lambda x, y, c: (square(x) - torch.randn(6, 6)).pow(2).mean())
    """,
    "one_batch_of_one": """
        train(sgd(reg), lambda x, y, c: (reg(x[:1]) - y[:1, 0]).pow(2).mean())
    """,
    "quantiles": """
        heads = nn.Linear(4, 6)
        taus = torch.linspace(0.1, 0.9, 6)
        def step(x, y, c):
            gap = y - heads(x)
            return torch.maximum(taus * gap, (taus - 1) * gap).mean()
        train(sgd(heads), step)
    """,
    "quantiles_of_one_prediction": """
        taus = torch.linspace(0.1, 0.9, 6)
        def step(x, y, c):
            gap = y - reg(x)
            return torch.maximum(taus * gap, (taus - 1) * gap).mean()
        train(sgd(reg), step)
    """,
    # ---- LC112, LC705
    "per_sample_losses_averaged": """
        criterion = nn.CrossEntropyLoss(reduction="none")
        train(sgd(net), lambda x, y, c: criterion(net(x), c).mean())
    """,
    "per_sample_losses_with_gradients_given": """
        opt = sgd(net)
        for x, y, c in batches:
            opt.zero_grad()
            F.cross_entropy(net(x), c, reduction="none").backward(torch.full((6,), 1 / 6))
            opt.step()
    """,
    "one_element_losses": """
        train(sgd(reg), lambda x, y, c: F.mse_loss(reg(x), y).view(1))
    """,
    "ctc": """
        criterion = nn.CTCLoss()
        def step(x, y, c):
            steps = net(x.repeat(5, 1, 1)).log_softmax(-1)
            return criterion(steps, torch.ones(6, 2, dtype=torch.long), torch.full((6,), 5), torch.full((6,), 2))
        train(sgd(net), step)
    """,
    "triplets": """
        criterion = nn.TripletMarginLoss()
        train(sgd(net), lambda x, y, c: criterion(net(x), net(x + 0.1), net(x.flip(0))))
    """,
    "time_steps_flattened": """
        criterion = nn.CrossEntropyLoss()
        def step(x, y, c):
            return criterion(net(torch.stack([x, x], 1)).reshape(-1, 3), c.repeat_interleave(2))
        train(sgd(net), step)
    """,
    "one_target_for_all": """
        criterion = nn.MSELoss()
        train(sgd(reg), lambda x, y, c: criterion(reg(x), torch.zeros(6, 1)))
    """,
    "siamese": """
        criterion = nn.CosineEmbeddingLoss()
        train(sgd(net), lambda x, y, c: criterion(net(x), net(x + 1), torch.ones(6)))
    """,
    "many_outputs": """
        model = nn.ModuleDict({"a": nn.Linear(4, 3), "b": nn.Linear(4, 1)})
        ce, mse = nn.CrossEntropyLoss(), nn.MSELoss()
        train(sgd(model), lambda x, y, c: ce(model["a"](x), c) + 0.1 * mse(model["b"](x[:3]), y[:3]))
    """,
}
ON = Settings(select=("LC112", "LC501", "LC502", "LC503", "LC504", "LC505", "LC705"), min_certainty=Certainty.POSSIBLE)


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


def test_torchs_own_exception_says_more() -> None:
    """The user's exception goes on, with a note on what was not a number."""
    result, _ = judged(START + dedent(FOUND["one_loss_a_sample"]), ON)
    assert isinstance(result.raised, RuntimeError)
    assert result.raised.__notes__ == ["loopcheck: loss has shape (6,); reduce it to one number first, as .mean() does"]
