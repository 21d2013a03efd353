"""The linter: each rule on its own examples, and a folder of cases. The watcher has test_watcher_cards.

The expected findings of a case stand beside the code they are about: `loss.backward()  # LC101`. A finding that must
be there but not be shown by default is marked `# LC101 (possible)`. The files of cases/legal have no marks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loopcheck.findings import Certainty, Observer
from loopcheck.linter import lint_source
from loopcheck.rules import Rule, catalogue
from loopcheck.settings import Settings

PREAMBLE = """\
import torch

torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = torch.nn.MSELoss()
batches = [(torch.randn(3, 2), torch.randn(3, 1)) for _ in range(5)]

"""
ALL = Settings(min_certainty=Certainty.POSSIBLE)
CASES = Path(__file__).parent / "cases"
LEGAL, BROKEN = sorted((CASES / "legal").glob("*.py")), sorted((CASES / "broken").glob("*.py"))
MARK = re.compile(r"# (LC\d{3})( \(possible\))?")
JUDGED = [rule for rule in catalogue().values() if rule.broken and Observer.STATIC in rule.card.seen_by]
FAILS_IN_TORCH = frozenset({"LC106", "LC107", "LC112", "LC402", "LC601", "LC606"})
"""Rules about faults that torch itself ends with an exception or meets with a warning, later or elsewhere."""
NEAR_MISSES = {
    "LC101": (
        "zero_grad_last",
        "trainer_helper_reset",
        "grad_set_to_none",
        "accumulation_modulo",
        "two_optimizers_one_model",
    ),
    "LC102": ("gan_generator_first", "cleared_twice", "loop_that_looks_at_gradients", "gradients_put_back"),
    "LC103": ("pipelined_step_first", "logged_loss_after_backward", "evaluation_in_loop", "two_rounds_per_batch"),
    "LC104": (
        "gradients_assigned_by_helper",
        "functions_in_a_loop",
        "loss_scaler_callable",
        "trainer_optional_optimizer",
        "unknown_training_step",
    ),
    "LC105": (
        "optimizer_property",
        "bound_method_steps",
        "saliency_only",
        "adversarial_attack",
        "optimizer_in_backward",
    ),
    "LC109": ("lr_curve_only", "first_step_conditional", "pipelined_step_zero_forward_backward"),
    "LC110": ("closure_after_step", "optimizers_dict", "shared_loss_two_steps", "env_step"),
    "LC111": ("forward_of_a_base_class", "forward_of_no_module", "forward_and_inverse"),
    "LC205": ("dropout_by_choice", "dropout_switched_by_hand", "dropout_outside_a_module"),
    "LC508": ("layers_listed_and_registered", "layers_hidden_on_purpose", "lists_without_parameters"),
    "LC106": ("losses_one_by_one", "two_values_behind_one_test", "losses_of_a_list", "closure_after_step"),
    "LC107": ("loss_of_the_round_before", "losses_of_a_list", "full_batch_data", "forward_and_inverse"),
    "LC108": ("detached_copies", "loss_of_an_object", "input_as_a_leaf", "frozen_features"),
    "LC112": ("weighted_loss", "losses_of_a_list", "sums_without_graphs"),
    "LC113": ("graph_kept_for_somebody", "graph_kept_by_a_state", "graph_kept_in_a_closure"),
    "LC201": (
        "mode_put_back",
        "helper_may_put_train_mode_back",
        "perceptual_loss",
        "input_as_a_leaf",
        "frozen_features",
    ),
    "LC202": ("monte_carlo_dropout", "noise_from_a_layer", "network_without_modes", "samples_while_training"),
    "LC203": ("evaluated_under_no_grad", "volatile_inputs", "input_as_a_leaf", "mode_put_back"),
    "LC204": ("detached_copies", "step_shared_with_evaluation", "target_network", "frozen_features"),
    "LC301": ("data_parallel_inputs", "lengths_stay_on_the_host", "moved_in_place"),
    "LC302": ("moved_in_place", "arrays_looked_at", "detached_copies", "data_parallel_inputs"),
    "LC303": ("reads_once_in_a_while", "clipping_in_time", "network_without_modes"),
    "LC401": ("sums_without_graphs", "sums_that_are_used", "append_of_no_list", "losses_of_a_list", "detached_copies"),
    "LC402": ("hidden_state_detached", "hidden_state_none_at_first", "loss_of_the_round_before", "target_network"),
    "LC501": ("probabilities_beside_the_loss", "monte_carlo_dropout", "weighted_loss"),
    "LC502": ("probabilities_beside_the_loss", "network_without_modes", "samples_while_training"),
    "LC601": ("schedulers_that_know", "clipping_in_time", "accumulation_modulo"),
    "LC603": ("clipping_in_time", "gan_dcgan", "accumulation_modulo"),
    "LC604": ("clipping_in_time", "losses_one_by_one", "closure_after_step"),
    "LC605": ("clipping_in_time", "data_parallel_inputs", "losses_one_by_one"),
    "LC606": ("clipping_in_time", "data_parallel_inputs", "accumulation_modulo"),
}


def linted(program: str, settings: Settings = ALL) -> set[tuple[str, int, bool]]:
    """(code, line, shown by default) of each finding."""
    return {
        (f.code, f.site.start.row, Settings().shows(f)) for f in lint_source(program, "program.py", settings=settings)
    }


def anchor_of(rule: Rule) -> int:
    """The line of the whole program on which the card's anchor stands, the last if it is repeated."""
    lines = (PREAMBLE + rule.card.bad_source).splitlines()
    return max(number for number, line in enumerate(lines, 1) if line.strip() == rule.card.anchor)


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.card.code)
def test_the_linter_finds_the_bad_example_at_its_anchor(rule: Rule) -> None:
    found = lint_source(PREAMBLE + rule.card.bad_source, "program.py", Settings(extend_select=(rule.card.code,)))
    assert [(f.code, f.site.start.row) for f in found] == [(rule.card.code, anchor_of(rule))]
    assert found[0].certainty is Certainty.CERTAIN


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.card.code)
def test_the_good_example_is_clean_and_runs(rule: Rule) -> None:
    program = PREAMBLE + rule.card.good_source
    assert lint_source(program, "program.py", settings=ALL) == []
    exec(compile(program, "program.py", "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.card.code)
def test_the_bad_example_runs_or_fails_in_torch_only(rule: Rule) -> None:
    try:
        exec(compile(PREAMBLE + rule.card.bad_source, "program.py", "exec"), {"__name__": "__main__"})
    except (RuntimeError, UserWarning) as error:
        assert rule.card.code in FAILS_IN_TORCH, error


@pytest.mark.parametrize("path", [*LEGAL, *BROKEN], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(path: Path) -> None:
    """What is shown is exactly what is marked; what is marked as possible is there, and not shown."""
    text = path.read_text(encoding="utf-8")
    marks = [(m[1], n, m[2] is None) for n, line in enumerate(text.splitlines(), 1) for m in MARK.finditer(line)]
    assert bool(marks) == (path.parent.name == "broken")
    on = {m[1] for m in MARK.finditer(text)} | {c for c, names in NEAR_MISSES.items() if path.stem in names}
    found = linted(text, ALL._replace(extend_select=tuple(sorted(on))))
    assert {f for f in found if f[2]} == {m for m in marks if m[2]}
    assert {m for m in marks if not m[2]} <= found


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("state_of_a_module_out_of_sight", ["output, state = net("]),
        ("losses_kept_now_and_then", ["losses.append(", 'curves["train"].append(']),
    ],
)
def test_what_rests_on_a_guess_is_likely(case: str, words: list[str]) -> None:
    """All others in these files are certain."""
    text = (CASES / "broken" / f"{case}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    for one in lint_source(text, "case.py"):
        guessed = any(word in lines[one.site.start.row - 1] for word in words)
        assert one.certainty is (Certainty.LIKELY if guessed else Certainty.CERTAIN)


def test_the_cases_are_there() -> None:
    """A folder that is not found, or a rule without near misses, must not pass for a clean one."""
    assert len(LEGAL) >= 100
    assert len(BROKEN) >= 35
    legal = {path.stem for path in LEGAL}
    assert set(NEAR_MISSES) == {rule.card.code for rule in JUDGED}
    assert all(len(names) >= 3 and legal.issuperset(names) for names in NEAR_MISSES.values())
    texts = "".join(path.read_text(encoding="utf-8") for path in BROKEN)
    assert {m[1] for m in MARK.finditer(texts)} == set(NEAR_MISSES)


def test_a_script_that_takes_one_step_is_not_judged() -> None:
    """Not even as possible; the same lines in a loop are wrong in two ways."""
    lines = ["loss = loss_fn(model(x), y)", "loss.backward()", "optimizer.zero_grad()", "optimizer.step()"] * 2
    first = "x, y = batches[0]\n"
    assert linted(PREAMBLE + first + "\n".join(lines)) == set()
    assert len(linted(PREAMBLE + "for x, y in batches:\n    " + "\n    ".join(lines))) == 2
